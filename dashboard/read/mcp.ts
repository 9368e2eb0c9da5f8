/** The MCP servers of this home: what `mcp.json` says of each, and what the agents that use it last wrote down about it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../shared/base/index.ts";
import { loadAddedServers, type McpServerConfig } from "../../shared/config/index.ts";
import type { AgentRow } from "../../shared/ledger/index.ts";
import type { Settings } from "../view.ts";
import type { AgentsRead } from "./agents.ts";

const reported = z.object({
  owner: z.number(),
  servers: z.array(
    z.object({
      name: z.string(),
      health: z.enum(["ok", "broken", "off"]),
      because: z.string(),
      about: z.string(),
      pid: z.number().nullable(),
      sinceMs: z.number(),
      falls: z.number(),
      starts: z.number().default(1),
      tools: z.array(z.string()),
      withheld: z.array(z.object({ tool: z.string(), because: z.string() })),
    }),
  ),
});

/** How one server is for one agent, in the words of that agent's process. */
export type Report = z.output<typeof reported>["servers"][number];

/** Each agent has its own connection: an agent that is down says nothing, and nobody else can. */
export type UsedBy = { agent: string } & Reported;

type Reported =
  /** `outdated` when `mcp.json` was changed after the agent had read it. */
  | { kind: "reported"; report: Report; memoryMiB: number | undefined; outdated: boolean }
  | { kind: "unknown"; because: string };

export type McpServer = {
  config: McpServerConfig;
  /** The program with its arguments, or the host; nothing that came from the environment. */
  runs: string;
  usedBy: readonly UsedBy[];
};

export type McpServers = {
  servers: readonly McpServer[];
  /** Why something could not be read. */
  problems: readonly string[];
  /** Names that an `agent.json` asks for and `mcp.json` does not have. */
  unknown: readonly { agent: string; server: string }[];
};

/** Reads the file and the reports. `roster` says whose process lives. */
export function readMcpServers(
  settings: Settings,
  { agents, problem }: AgentsRead,
  roster: readonly AgentRow[],
): McpServers {
  const { files, configuration } = settings;
  const problems = problem === undefined ? [] : [problem];
  let read: ReturnType<typeof configuration.mcpServers> = { servers: [], shown: () => "" };
  try {
    read = configuration.mcpServers(files.mcp);
  } catch (error) {
    problems.push(messageOf(error));
  }
  const added = loadAddedServers(files.mcpAdded);
  problems.push(...added.problems);
  const changedAt = existsSync(files.mcp) ? statSync(files.mcp).mtimeMs : 0;
  const servers = [...read.servers, ...added.servers].map((config) => ({
    config,
    runs: runsOf(config, read.shown),
    usedBy: agents
      .filter(
        ({ name, mcpServers }) =>
          config.agents.includes(name) || (config.added === undefined && mcpServers.includes(config.name)),
      )
      .map(({ name }): UsedBy => {
        const row = roster.find((agent) => agent.name === name && agent.alive);
        if (row === undefined) return { agent: name, kind: "unknown", because: `${name} is down` };
        return {
          agent: name,
          ...reportOf(
            join(files.agent(name).mcp, "state.json"),
            config.name,
            row,
            config.added === undefined ? changedAt : 0,
          ),
        };
      }),
  }));
  const unknown = agents.flatMap(({ name, mcpServers }) =>
    mcpServers
      .filter((server) => !read.servers.some((config) => config.name === server))
      .map((server) => ({ agent: name, server })),
  );
  return { servers, problems, unknown };
}

function reportOf(file: string, server: string, { name, pid, upAt }: AgentRow, changedAt: number): Reported {
  if (!existsSync(file)) return { kind: "unknown", because: `${name} has not said anything about its servers yet` };
  let found: z.output<typeof reported>;
  try {
    found = reported.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { kind: "unknown", because: `what ${name} wrote about its servers cannot be read` };
  }
  // An earlier life of the agent wrote it: its servers ended with it.
  if (found.owner !== pid) return { kind: "unknown", because: `${name} has not said anything since it came up` };
  const report = found.servers.find((one) => one.name === server);
  if (report === undefined)
    return { kind: "unknown", because: `${name} did not know of it when it came up, or does not use it now` };
  return { kind: "reported", report, memoryMiB: memoryOf(report.pid), outdated: changedAt > upAt };
}

function runsOf({ link }: McpServerConfig, shown: (text: string) => string): string {
  if (link.kind === "stdio") return shown([link.command, ...link.args].join(" "));
  return URL.canParse(link.url) ? shown(new URL(link.url).host) : "an address that is not complete";
}

/** What a process holds in memory, where the system tells (Linux). */
function memoryOf(pid: number | null): number | undefined {
  if (pid === null) return undefined;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1_024;
  } catch {
    return undefined;
  }
}
