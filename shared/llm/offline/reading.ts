/** What a request to the offline model holds, read from the same messages that any provider would get. */
import { z } from "zod";
import type { Language } from "./language.ts";

/** A field of a tool's input, as far as it tells whether a text may stand in it. */
const field = z.object({
  type: z.unknown().optional(),
  anyOf: z.array(z.object({ type: z.unknown().optional() })).optional(),
});

/** The parts of an OpenAI request that are read here; whatever else it has is left alone. */
export const requestBody = z.object({
  messages: z.array(
    z.object({
      role: z.enum(["system", "user", "assistant", "tool"]),
      content: z.string().nullish(),
      tool_call_id: z.string().optional(),
      tool_calls: z.array(z.object({ id: z.string(), function: z.object({ name: z.string() }) })).optional(),
    }),
  ),
  tools: z
    .array(
      z.object({
        function: z.object({
          name: z.string(),
          parameters: z.object({ properties: z.record(z.string(), field).optional() }).optional(),
        }),
      }),
    )
    .optional(),
  response_format: z.object({ json_schema: z.object({ name: z.string() }).optional() }).optional(),
  stream: z.literal(true),
});
export type RequestBody = z.infer<typeof requestBody>;
type Message = RequestBody["messages"][number];

/** One prepared line of a persona. */
export type Line = { language: Language; tags: readonly string[]; text: string };
export type OfferedTool = { name: string; textFields: readonly string[] };
export type ToolReply = { tool: string; text: string };

/** What the persona has before it when it answers. */
export type Situation = {
  lines: readonly Line[];
  /** What the person said. */
  message: string;
  /** What was said before it, by this agent and, in notes, by others. */
  before: string;
  /** What came back from tools since the person spoke. */
  results: readonly ToolReply[];
  recollections: readonly string[];
  /** Whether a peer has answered this message already. */
  peerAnswered: boolean;
  tools: readonly OfferedTool[];
};

/** A line of `## Lines` in a persona's VOICE.md: "- en plan,scope: Let us begin with the end." */
const LINE = /^- (en|ru|de) ([^:]+): (.+)$/;
/** How the agent marks a peer's answer in its transient notes. */
const PEER = /^Already answered by [^<:\n]+:/m;
/** How an entry begins that holds recollections, one to a line. */
const RECOLLECTIONS = /^#*\s*(?:recollections?\b|what you (?:remember|know)\b|you remember\b)/i;

/** Reads what matters and nothing else. */
export function readSituation({ messages, tools = [] }: RequestBody): Situation {
  const spoken = messages.findLastIndex((one) => one.role === "assistant" && !one.tool_calls?.length);
  const current = messages.slice(spoken + 1);
  const asked = current.findLastIndex((one) => one.role === "user" && !PEER.test(one.content ?? ""));
  return {
    lines: messages.filter((one) => one.role === "system").flatMap(linesIn),
    message: current[asked]?.content ?? "",
    before: messages
      .filter(isBefore)
      .map((one) => one.content)
      .join("\n"),
    results: repliesIn(current.slice(asked + 1)),
    recollections: current.flatMap(recollectionsIn),
    peerAnswered: current.some((one) => PEER.test(one.content ?? "")),
    tools: tools.map((tool) => ({
      name: tool.function.name,
      textFields: textFields(tool.function.parameters?.properties),
    })),
  };
}

/** The persona's own prompt holds every line; what has been said stands elsewhere. */
function isBefore(message: Message): boolean {
  return message.role === "assistant" || (message.role === "system" && linesIn(message).length === 0);
}

function linesIn({ content }: Message): Line[] {
  return (content ?? "").split("\n").flatMap((row) => {
    const found = LINE.exec(row.trim());
    if (found === null) return [];
    const [, language, tags = "", text = ""] = found;
    return [{ language: language as Language, tags: tags.split(",").map((tag) => tag.trim()), text: text.trim() }];
  });
}

function recollectionsIn({ role, content }: Message): string[] {
  if (role !== "system" || !RECOLLECTIONS.test(content ?? "")) return [];
  return (content ?? "").split("\n").flatMap((row) => /^\s*[-*•]\s+(.+)$/.exec(row)?.[1] ?? []);
}

/** A result names only the call it belongs to; the call names the tool. */
function repliesIn(messages: readonly Message[]): ToolReply[] {
  const calls = messages.flatMap((one) => one.tool_calls ?? []);
  return messages
    .filter((one) => one.role === "tool")
    .map((one) => ({
      tool: calls.find((call) => call.id === one.tool_call_id)?.function.name ?? "",
      text: one.content ?? "",
    }));
}

function textFields(properties: Record<string, z.infer<typeof field>> = {}): string[] {
  const mayBeText = ({ type, anyOf = [] }: z.infer<typeof field>) =>
    [{ type }, ...anyOf].some((one) => one.type === "string");
  return Object.entries(properties).flatMap(([name, schema]) => (mayBeText(schema) ? [name] : []));
}
