/** Whether anything works in a home right now: pm2, the supervisor, an agent in the swarm or in a terminal. */
import { existsSync } from "node:fs";
import type { Home } from "../../shared/config/index.ts";
import { DatabaseUnusable, takeLock } from "../../shared/sqlite/index.ts";
import type { Pm2 } from "./pm2.ts";

/** The locks are the kernel's, so whoever has died holds none. */
export async function isInUse(home: Home, pm2: Pm2, agents: readonly string[]): Promise<boolean> {
  if (await pm2.runs()) return true;
  return [home.supervisorLock, ...agents.map((name) => home.agent(name).lock)].some(isHeld);
}

function isHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const lock = takeLock(path);
    lock?.release();
    return lock === undefined;
  } catch (error) {
    // A file that is no lock is held by nobody; `kaos doctor` tells of it.
    if (error instanceof DatabaseUnusable) return false;
    throw error;
  }
}
