/** The servers that this installation knows, who uses them, and how they are where they run. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentConfig, loadAddedServers, loadMcpConfig, type McpServerConfig } from "../../shared/config/index.ts";
import type { McpState } from "../../shared/mcp/index.ts";
import type { Context } from "../context.ts";
import { readRoster } from "../processes/choose.ts";
import { pidRuns } from "../processes/pid.ts";
import { together, wrap } from "../terminal/layout.ts";

export type Known = {
  name: string;
  /** The program, or the host. */
  where: string;
  enabled: boolean;
  /** Variables that are not set. */
  missing: string[];
  /** Who added it while running; null for those of mcp.json. */
  addedBy: string | null;
  agents: { name: string; state: Pick<McpState, "health" | "because" | "pid" | "tools" | "withheld"> | undefined }[];
};

/** Reads `mcp.json`, what was added while running, and what the agents' processes wrote down. */
export function readKnown({ home, raw }: Context): Known[] {
  const { agents } = readRoster();
  const all = [...loadMcpConfig(home.mcp, raw).servers, ...loadAddedServers(home.mcpAdded).servers];
  return all.map((server) => ({
    name: server.name,
    where: whereOf(server),
    enabled: server.enabled,
    missing: server.missing,
    addedBy: server.added?.by ?? null,
    agents: usersOf(server, agents).map((agent) => ({
      name: agent.name,
      state: stateOf(home.agent(agent.name).mcp, server.name),
    })),
  }));
}

/** Those whom the server names, and those who name it: an `agent.json` names servers of `mcp.json` alone. */
export function usersOf<Agent extends Pick<AgentConfig, "name" | "mcpServers">>(
  { name, added, agents: named }: McpServerConfig,
  agents: readonly Agent[],
): Agent[] {
  return agents.filter(
    (agent) => named.includes(agent.name) || (added === undefined && agent.mcpServers.includes(name)),
  );
}

/** What the agent's own process last said of it; undefined when that process is gone. */
function stateOf(folder: string, server: string): McpState | undefined {
  return reportIn(folder)?.servers.find(({ name }) => name === server);
}

/** What the process that owns this folder last said of its servers; undefined when that process is gone. */
export function reportIn(folder: string): { owner: number; servers: McpState[] } | undefined {
  const file = join(folder, "state.json");
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, "utf8")) as { owner: number; servers: McpState[] };
  return pidRuns(report.owner) ? report : undefined;
}

function whereOf({ link }: McpServerConfig): string {
  if (link.kind === "stdio") return [link.command, ...link.args].join(" ").slice(0, 60);
  return URL.canParse(link.url) ? new URL(link.url).host : "an address that is not complete";
}

/** One server after the other, and what waits for a person. */
export function tellKnown(
  rows: readonly Known[],
  { paint, width }: Pick<Context, "paint"> & { width: number },
): string {
  if (rows.length === 0) return "There are no MCP servers. `kaos mcp add` tries one and keeps it.";
  const told = rows.map(({ name, where, enabled, missing, addedBy, agents }) => {
    const origin = addedBy === null ? "" : paint.soft(`, added while running by ${addedBy}`);
    const states = agents.map(({ name: agent, state }) => together(`${agent} ${state?.health ?? "not running"}`));
    const why = enabled ? missing.map((variable) => `${variable} is not set`) : ["it is off"];
    const used = states.length === 0 ? "no agent uses it" : states.join(", ");
    return [
      `${paint.bold(name)}${origin}`,
      ...[where, [...why, used].join(", ")].map((line) => wrap(line, { width, indent: "  " })),
    ].join("\n");
  });
  const waiting = rows.flatMap(({ name, agents }) =>
    agents.some(({ state }) => state?.withheld.some(({ because }) => because === "changed" || because === "new"))
      ? [`Tools of ${name} are new or others than they were: \`kaos mcp approve ${name}\` shows them.`]
      : [],
  );
  return [...told, ...waiting].join("\n");
}
