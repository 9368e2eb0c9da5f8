/** Where everything lies: the program's own folder, and the home of one installation. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { assert } from "../base/index.ts";

/** The folder of the program itself: the nearest one above that has a package.json, whether built or not. */
export function programRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    assert(above !== folder, "the program lies in a folder with a package.json");
    folder = above;
  }
  return folder;
}

/** The files of one home. Each has one writer but the ledger (docs: ARCHITECTURE.md). */
export type Home = {
  folder: string;
  ledger: string;
  pm2: string;
  logs: string;
  supervisorLock: string;
  agent(name: string): AgentHome;
};

export type AgentHome = { folder: string; lock: string; database: string; workspace: string; audit: string };

export function homeAt(folder: string): Home {
  const at = resolve(folder);
  return {
    folder: at,
    ledger: join(at, "swarm.db"),
    pm2: join(at, "pm2"),
    logs: join(at, "logs"),
    supervisorLock: join(at, "supervisor.lock"),
    agent(name) {
      const own = join(at, "agents", name);
      return {
        folder: own,
        lock: join(own, "agent.lock"),
        database: join(own, "agent.db"),
        workspace: join(own, "workspace"),
        audit: join(own, "logs", "tool_calls.jsonl"),
      };
    },
  };
}
