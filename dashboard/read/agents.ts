/** The agents as their folders describe them, and which of them left files in this home. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../shared/base/index.ts";
import { type AgentConfig, type Home, loadRoster, slugPattern } from "../../shared/config/index.ts";

/** What the folders in `agents/` say, or why they cannot be read. */
export type AgentsRead = { agents: readonly AgentConfig[]; problem?: string };

/** Reads the agents' folders, each time that is asked; files that nobody touched are not read again. */
export function createAgentsReader({ agentsFolder }: { agentsFolder: string }): () => AgentsRead {
  let known: { mark: string; read: AgentsRead } | undefined;
  return () => {
    const mark = markOf(agentsFolder);
    if (known?.mark !== mark) known = { mark, read: readAgents(agentsFolder) };
    return known.read;
  };
}

function readAgents(agentsFolder: string): AgentsRead {
  try {
    return { agents: loadRoster(agentsFolder).agents };
  } catch (error) {
    return { agents: [], problem: messageOf(error) };
  }
}

/** What tells without reading whether a file of an agent was touched: nobody can set `ctime` back. */
function markOf(folder: string): string {
  if (!existsSync(folder)) return "";
  const marks = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const at = join(folder, entry.name);
    const files = entry.isDirectory() ? readdirSync(at).map((name) => join(at, name)) : [at];
    return files.map((file) => {
      const found = statSync(file, { bigint: true, throwIfNoEntry: false });
      return `${file} ${found?.ino} ${found?.size} ${found?.ctimeNs}`;
    });
  });
  return marks.flat().join("\n");
}

/** The agents whose logs of tool calls lie in this home, those that are gone from the swarm too. */
export function agentsWithLogs({ files }: { files: Home }): string[] {
  return agentsWith(files, (name) => files.agent(name).audit);
}

/** The agents whose turns lie in this home. */
export function agentsWithTurns({ files }: { files: Home }): string[] {
  return agentsWith(files, (name) => files.agent(name).turns);
}

function agentsWith(files: Home, file: (agent: string) => string): string[] {
  const folder = join(files.folder, "agents");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => slugPattern.test(name) && existsSync(file(name)))
    .toSorted();
}
