/** What a server sends back, as the text that a model reads. What is no text is named, not shown. */
import type {
  CallToolResult,
  ContentBlock,
  GetPromptResult,
  ReadResourceResult,
} from "@modelcontextprotocol/sdk/types.js";
import { cut } from "../base/index.ts";

/** Characters of one result that are kept at all; a model is shown less by the engine's own limit. */
const TEXT_CHARACTERS_MAX = 1_000_000;

/** The text of a tool's result. What has only a structure is given as JSON. */
export function textOfResult({ content, structuredContent }: CallToolResult): string {
  const text = join(content.map(textOfBlock));
  if (text !== "") return text;
  return structuredContent === undefined ? "(nothing)" : cut(JSON.stringify(structuredContent), TEXT_CHARACTERS_MAX);
}

export function textOfResource({ contents }: ReadResourceResult): string {
  return join(contents.map(textOfContents)) || "(nothing)";
}

export function textOfPrompt({ description, messages }: GetPromptResult): string {
  const said = messages.map(({ role, content }) => `${role}: ${textOfBlock(content)}`);
  return join([description ?? "", ...said].filter((part) => part !== ""));
}

function textOfBlock(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type}, ${block.mimeType}, ${kilobytes(block.data)}: not shown]`;
    case "resource":
      return textOfContents(block.resource);
    case "resource_link":
      return `[resource ${block.uri}: ${block.title ?? block.name}]`;
  }
}

function textOfContents(contents: ReadResourceResult["contents"][number]): string {
  if ("text" in contents) return `[${contents.uri}]\n${contents.text}`;
  return `[${contents.uri}, ${contents.mimeType ?? "binary"}, ${kilobytes(contents.blob)}: not shown]`;
}

function kilobytes(base64: string): string {
  return `${Math.ceil((base64.length * 3) / 4 / 1024)} kB`;
}

function join(parts: readonly string[]): string {
  return cut(parts.join("\n"), TEXT_CHARACTERS_MAX);
}
