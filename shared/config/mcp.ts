/**
 * Reads which MCP servers this installation knows: `mcp.json` in its home, in the shape that other programs use too, so that an
 * entry can be copied from a server's own documentation. An agent gets the servers that its `agent.json` names.
 *
 *     { "mcpServers": {
 *         "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv/notes"] },
 *         "tracker": { "url": "https://mcp.example.com/mcp", "headers": { "Authorization": "Bearer ${TRACKER_TOKEN}" } } } }
 *
 * An entry may also name `agents` itself, so that no `agent.json` has to be changed. `${NAME}` stands for a variable of the environment, so that the file holds no secret.
 */

import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "../base/index.ts";
import { slugPattern } from "./agent-json.ts";
import { ConfigProblem } from "./problem.ts";
import type { RawEnv } from "./settings.ts";

/** Of one file, and of those that were added while running. */
export const SERVERS_MAX = 50;

const declared = z.union([
  z.literal(false),
  z.strictObject({
    effects: z.enum(["none", "local", "external"]).optional(),
    risk: z.enum(["safe", "risky"]).optional(),
  }),
]);
const common = {
  enabled: z.boolean().default(true),
  /** Agents that get it although their `agent.json` does not name it. */
  agents: z.array(z.string().min(1).max(60)).max(50).default([]),
  /** By the server's own name of a tool: `false` withholds it, an object says what it does whatever the server says. */
  tools: z.record(z.string(), declared).default({}),
  /** The only tools of its own that are offered, by its names of them; all when absent. What reads its resources and prompts is offered too. */
  allow: z.array(z.string()).optional(),
  /** Whether the server may ask our model for completions. They are paid for by us. */
  sampling: z.boolean().default(false),
  startSeconds: z.number().min(1).max(600).default(60),
  /** No call of a tool takes longer than the engine's limit, which is as long. */
  callSeconds: z.number().min(1).max(120).default(120),
  /** 0 keeps it for ever. */
  idleMinutes: z.number().min(0).max(1_440).default(15),
};
const stdio = z.strictObject({
  type: z.literal("stdio").optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().min(1).optional(),
  ...common,
});
const http = z.strictObject({
  type: z.enum(["http", "streamable-http"]).optional(),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).default({}),
  oauth: z.partialRecord(z.enum(["clientId", "clientSecret", "clientMetadataUrl"]), z.string().min(1)).default({}),
  ...common,
});
const file = z.strictObject({ mcpServers: z.record(z.string(), z.unknown()) });

type Common = Pick<z.output<typeof stdio>, "enabled" | "agents" | "tools" | "allow" | "sampling">;

/** One server, with every `${NAME}` replaced. */
export type McpServerConfig = Common & {
  name: string;
  link:
    | { kind: "stdio"; command: string; args: string[]; env: Record<string, string>; cwd?: string }
    | {
        kind: "http";
        url: string;
        headers: Record<string, string>;
        oauth: { clientId?: string; clientSecret?: string; clientMetadataUrl?: string };
      };
  startMs: number;
  callMs: number;
  /** 0: never closed for being idle. */
  idleMs: number;
  /** Variables that it needs and that are not set: it cannot be started without them. */
  missing: string[];
  /** For a server that was added while running: who did, and the definitions that were seen then, by their hashes. */
  added?: { by: string; pinned: Readonly<Record<string, string>> };
};

export type McpConfig = {
  servers: McpServerConfig[];
  /** Values that came from the environment: they belong to the secrets of whoever starts a server. */
  secrets: string[];
};

/** Reads the file; no file means no servers. Throws a ConfigProblem that names the entry and the field. */
export function loadMcpConfig(path: string, env: RawEnv): McpConfig {
  const entries = Object.entries(parseMcpFile(path).mcpServers);
  if (entries.length > SERVERS_MAX) throw new ConfigProblem(`${path} has more than ${SERVERS_MAX} servers.`);
  const secrets = new Set<string>();
  const servers = entries.map(([name, entry]) => readServer(`${path}: mcpServers.`, name, entry, env, secrets));
  return { servers, secrets: [...secrets] };
}

/** The servers that an agent's `agent.json` names, or that name the agent; `unknown` are names that `mcp.json` does not have. */
export function mcpServersOf(
  { servers }: McpConfig,
  { name: agent, mcpServers }: { name: string; mcpServers: readonly string[] },
): { servers: McpServerConfig[]; unknown: string[] } {
  return {
    servers: servers.filter(({ name, agents }) => mcpServers.includes(name) || agents.includes(agent)),
    unknown: mcpServers.filter((name) => !servers.some((server) => server.name === name)),
  };
}

/** The file as it stands; one that is not there holds nothing. Throws a ConfigProblem. */
export function parseMcpFile(path: string): z.output<typeof file> {
  if (!existsSync(path)) return { mcpServers: {} };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ConfigProblem(`${path} cannot be read as JSON: ${messageOf(cause)}`, { cause });
  }
  const parsed = file.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ConfigProblem(`${path} must hold { "mcpServers": { "<name>": { "command": … } or { "url": … } } }.`);
}

/**
 * One entry as it would be used; `where` begins the sentence of what is wrong with it, `secrets` is given the values that came
 * from the environment. Throws a ConfigProblem that names the field.
 */
export function readServer(
  where: string,
  name: string,
  entry: unknown,
  env: RawEnv,
  secrets: Set<string>,
): McpServerConfig {
  const place = `${where}${name}`;
  if (!slugPattern.test(name))
    throw new ConfigProblem(`${place}: a name has 2 to 31 small letters, digits or hyphens and begins with a letter.`);
  const byUrl = typeof entry === "object" && entry !== null && "url" in entry;
  const parsed = byUrl ? http.safeParse(entry) : stdio.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join(".") ?? "";
    throw new ConfigProblem(`${place}${field && `.${field}`}: ${issue?.message ?? "cannot be used"}.`);
  }

  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, variable: string) => {
      const value = env[variable]?.trim() ?? "";
      if (value === "") missing.add(variable);
      else secrets.add(value);
      return value;
    });
  const fillAll = (texts: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]));

  const { data } = parsed;
  const link: McpServerConfig["link"] =
    "url" in data
      ? {
          kind: "http",
          url: fill(data.url),
          headers: fillAll(data.headers),
          oauth: fillAll(data.oauth as Record<string, string>),
        }
      : {
          kind: "stdio",
          command: fill(data.command),
          args: data.args.map(fill),
          env: fillAll(data.env),
          ...(data.cwd !== undefined && { cwd: data.cwd }),
        };
  if (link.kind === "http" && missing.size === 0) checkUrl(place, link.url);
  const { enabled, agents, tools, allow, sampling } = data;
  return {
    name,
    link,
    enabled,
    agents,
    tools,
    ...(allow !== undefined && { allow }),
    sampling,
    startMs: data.startSeconds * 1_000,
    callMs: data.callSeconds * 1_000,
    idleMs: data.idleMinutes * 60_000,
    missing: [...missing],
  };
}

function checkUrl(place: string, text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol))
    throw new ConfigProblem(`${place}.url must be an http or https address.`);
  if (url.username !== "" || url.password !== "")
    throw new ConfigProblem(
      `${place}.url must not carry a user or a password: write them as a header with \${A_VARIABLE}.`,
    );
}
