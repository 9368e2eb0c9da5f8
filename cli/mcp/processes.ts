/** The processes of MCP servers, from what their agents wrote down and what the kernel knows of them. */
import { readFileSync } from "node:fs";
import { processIds } from "../../shared/base/index.ts";
import type { Context } from "../context.ts";
import { readRoster } from "../processes/choose.ts";
import { memoryOf } from "../processes/pid.ts";
import { bytes, duration, table } from "../terminal/layout.ts";
import { reportIn } from "./known.ts";

/** One server of one agent, as its agent's process runs it. */
export type ServerProcess = {
  server: string;
  agent: string;
  /** The agent's own process. */
  owner: number;
  health: string;
  because: string;
  /** Null for a server at an address, and for one that does not run. */
  pid: number | null;
  upMs: number;
  /** Of the server and of all it started; null where the kernel does not tell. */
  memoryBytes: number | null;
  /** How often it was started again since its agent came up. */
  restarts: number;
  /** How often it fell within the last ten minutes. */
  falls: number;
};

export function readProcesses({ home, clock }: Pick<Context, "home" | "clock">): ServerProcess[] {
  return readRoster().agents.flatMap(({ name: agent }) => {
    const report = reportIn(home.agent(agent).mcp);
    if (report === undefined) return [];
    return report.servers.map(({ name, health, because, pid, sinceMs, starts, falls }) => ({
      server: name,
      agent,
      owner: report.owner,
      health,
      because,
      pid,
      upMs: Math.max(0, clock.now() - sinceMs),
      memoryBytes: pid === null ? null : memoryOfGroup(pid),
      restarts: Math.max(0, starts - 1),
      falls,
    }));
  });
}

/** As a table; for a person who wonders what these processes are. */
export function tellProcesses(rows: readonly ServerProcess[], { paint }: Pick<Context, "paint">): string {
  if (rows.length === 0) return "No agent that runs has MCP servers.";
  const head = ["server", "agent", "pid", "owner", "state", "for", "memory", "restarts"].map(paint.soft);
  const told = rows.map(({ server, agent, pid, owner, health, upMs, memoryBytes, restarts }) => [
    paint.bold(server),
    paint.agent(agent),
    pid === null ? "–" : String(pid),
    String(owner),
    health,
    duration(upMs),
    memoryBytes === null ? "–" : bytes(memoryBytes),
    String(restarts),
  ]);
  return table([head, ...told]);
}

/** A server leads its process group: what it started counts with it. */
function memoryOfGroup(leader: number): number | null {
  const members = processIds().filter((pid) => groupOf(pid) === leader);
  const held = members.flatMap((pid) => memoryOf(pid)?.pssBytes ?? []);
  return held.length === 0 ? null : held.reduce((sum, one) => sum + one, 0);
}

/** The third field after the name, which may hold anything (proc(5)). */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return undefined;
  }
}
