/** The agents as their folders describe them, and which of them left files in this home. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../shared/base/index.ts";
import { type AgentConfig, loadRoster } from "../../shared/config/index.ts";
import type { Settings } from "../view.ts";

/** A name that is safe as part of a path, an address and an id; every agent's is. */
const NAME = /^[a-z][a-z0-9-]{1,30}$/;

/** What the folders in `agents/` say, or why they cannot be read. */
export function readAgents({ agentsFolder }: Settings): { agents: readonly AgentConfig[]; problem?: string } {
  try {
    return { agents: loadRoster(agentsFolder).agents };
  } catch (error) {
    return { agents: [], problem: messageOf(error) };
  }
}

/** The agents whose logs of tool calls lie in this home, those that are gone from the swarm too. */
export function agentsWithLogs({ files }: Settings): string[] {
  const folder = join(files.folder, "agents");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name) && existsSync(files.agent(name).audit))
    .toSorted();
}
