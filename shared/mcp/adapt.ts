/** What a server offers, as tools of the engine: their names, what they declare, and what running them brings. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { cut, oneLine } from "../base/index.ts";
import type { McpServerConfig } from "../config/index.ts";
import { defineTool, type Tool, type ToolContext } from "../engine/index.ts";
import type { Connection, Progress, RawTool } from "./connection.ts";
import { textOfPrompt, textOfResource, textOfResult } from "./content.ts";
import { McpFailure } from "./failure.ts";
import { inputOf } from "./schema.ts";

/** What OpenAI-compatible providers take as a name. */
const NAME_CHARACTERS_MAX = 64;
const DESCRIPTION_CHARACTERS_MAX = 2_000;
const LISTED_MAX = 100;

export type Adapting = {
  server: McpServerConfig;
  has: Connection["has"];
  /** Runs something on the live connection, which is opened when needed. */
  use: <T>(act: (connection: Connection) => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** Takes out of a text what a person cannot see. */
  clean(text: string): string;
  /** Notes that this call is under way, for what the server asks meanwhile; what it returns notes the end. */
  enter(tool: string, context: ToolContext): () => void;
};

const PROGRESS_CHARACTERS_MAX = 200;

/** The server's tools that its entry in `mcp.json` lets pass, and whatever it says there, what reads its resources and prompts. */
export function adaptTools(tools: readonly RawTool[], adapting: Adapting): Tool[] {
  const { server, has } = adapting;
  const passed = tools.filter(
    ({ name }) => server.tools[name] !== false && (server.allow === undefined || server.allow.includes(name)),
  );
  const all = [
    ...passed.map((tool) => adaptTool(tool, adapting)),
    ...(has.resources ? resourceTools(adapting) : []),
    ...(has.prompts ? promptTools(adapting) : []),
  ];
  return all.filter(({ name }, at) => all.findIndex((tool) => tool.name === name) === at);
}

/**
 * A tool that says nothing of itself acts on the world, and asks a person first. Its annotations refine that, and what a person
 * wrote into `mcp.json` wins over both.
 */
function adaptTool(raw: RawTool, { server, use, clean, enter }: Adapting): Tool {
  const declared = server.tools[raw.name] || {};
  const { readOnlyHint, destructiveHint, openWorldHint } = raw.annotations ?? {};
  const effects = declared.effects ?? (readOnlyHint === true ? "none" : openWorldHint === false ? "local" : "external");
  const harmless = effects === "none" || destructiveHint === false;
  return defineTool({
    name: toolName(server.name, raw.name),
    description: describe(server.name, raw, clean),
    input: inputOf(raw.inputSchema, clean),
    effects,
    risk: declared.risk ?? (harmless ? "safe" : "risky"),
    ...gateOf(server),
    source: "outside",
    parallel: effects === "none",
    async run(input, context) {
      const { signal, onProgress } = context;
      const leave = enter(raw.name, context);
      const tell = ({ progress, total, message = "" }: Progress): void => {
        const share = total === undefined || total <= 0 ? `${progress}` : `${Math.round((100 * progress) / total)} %`;
        onProgress?.(cut(oneLine(clean(`${share} ${message}`)).trim(), PROGRESS_CHARACTERS_MAX));
      };
      const call = (connection: Connection) => connection.call(raw.name, input, { signal, onProgress: tell });
      const result = await use(call, signal).finally(leave);
      const text = textOfResult(result);
      if (result.isError === true) throw new McpFailure("tool failed", text);
      return { text };
    },
  });
}

/** What was added while running is behind a gate, each of its tools at each call. */
function gateOf({ added }: McpServerConfig): { gate?: string } {
  return added === undefined ? {} : { gate: "dynamic-mcp-servers" };
}

function resourceTools({ server, use, clean }: Adapting): Tool[] {
  return [
    reading(server, {
      name: toolName(server.name, "list-resources"),
      description: `What there is to read on the MCP server "${server.name}".`,
      input: z.strictObject({}),
      run: async (_input, { signal }) => {
        const resources = await use((connection) => connection.resources(signal), signal);
        return {
          text: list(
            resources.map(({ uri, name, description }) => [uri, description ?? name]),
            clean,
          ),
        };
      },
    }),
    reading(server, {
      name: toolName(server.name, "read-resource"),
      description: `Reads one resource of the MCP server "${server.name}" by its address.`,
      input: z.strictObject({ uri: z.string().max(2_000) }),
      run: async ({ uri }, { signal }) => ({
        text: textOfResource(await use((connection) => connection.readResource(uri, signal), signal)),
      }),
    }),
  ];
}

function promptTools({ server, use, clean }: Adapting): Tool[] {
  return [
    reading(server, {
      name: toolName(server.name, "list-prompts"),
      description: `Prepared prompts of the MCP server "${server.name}".`,
      input: z.strictObject({}),
      run: async (_input, { signal }) => {
        const prompts = await use((connection) => connection.prompts(signal), signal);
        const call = (prompt: (typeof prompts)[number]) =>
          `${prompt.name}(${(prompt.arguments ?? []).map(({ name, required }) => (required ? name : `${name}?`)).join(", ")})`;
        return {
          text: list(
            prompts.map((prompt) => [call(prompt), prompt.description ?? ""]),
            clean,
          ),
        };
      },
    }),
    reading(server, {
      name: toolName(server.name, "get-prompt"),
      description: `One prepared prompt of the MCP server "${server.name}", filled in.`,
      input: z.strictObject({ name: z.string().max(200), arguments: z.record(z.string(), z.string()).default({}) }),
      run: async ({ name, arguments: input }, { signal }) => ({
        text: textOfPrompt(await use((connection) => connection.getPrompt(name, input, signal), signal)),
      }),
    }),
  ];
}

function reading<Input>(
  server: McpServerConfig,
  tool: Pick<Tool<Input>, "name" | "description" | "input" | "run">,
): Tool {
  const looking = { effects: "none", risk: "safe", source: "outside", parallel: true } as const;
  return defineTool<Input>({ ...tool, ...gateOf(server), ...looking });
}

/** `mcp__<server>__<tool>`; what providers do not take in a name becomes `_`, and a hash keeps apart what would become alike. */
export function toolName(server: string, tool: string): string {
  const plain = `mcp__${server}__${tool}`;
  const safe = plain.replace(/[^A-Za-z0-9_-]/g, "_");
  if (safe === plain && safe.length <= NAME_CHARACTERS_MAX) return safe;
  const mark = createHash("sha256").update(plain).digest("hex").slice(0, 8);
  return `${safe.slice(0, NAME_CHARACTERS_MAX - 9)}_${mark}`;
}

/** Says whose words these are, because they stand in the prompt beside ours. */
function describe(server: string, { description = "" }: RawTool, clean: (text: string) => string): string {
  const words = cut(oneLine(clean(description)), DESCRIPTION_CHARACTERS_MAX);
  return words === "" ? `A tool of the MCP server "${server}".` : `The MCP server "${server}" says: ${words}`;
}

function list(rows: readonly (readonly [string, string])[], clean: (text: string) => string): string {
  const lines = rows
    .slice(0, LISTED_MAX)
    .map(([what, about]) => `- ${clean(what)}: ${cut(oneLine(clean(about)), 200)}`);
  if (rows.length > LISTED_MAX) lines.push(`(${rows.length - LISTED_MAX} more)`);
  return lines.join("\n") || "(none)";
}
