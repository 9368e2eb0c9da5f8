/** Finds servers that a dead owner left behind, by what is written in their environment. */
import { readFileSync } from "node:fs";
import { processIds } from "../base/index.ts";
import { OWNER_VARIABLE } from "./child.ts";

/**
 * Kills every process that says it belongs to this owner, and tells how many. Only for an owner who has just begun, holds its lock
 * and has started nothing yet: whatever is found then is an orphan. Elsewhere than on Linux there is nothing to look into.
 */
export function killOrphans(owner: string): number {
  const orphans = ownedBy(owner);
  for (const pid of orphans) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
  return orphans.length;
}

/** The processes that carry this owner's name. */
export function ownedBy(owner: string): number[] {
  const mark = `${OWNER_VARIABLE}=${owner}`;
  return processIds().filter((pid) => pid !== process.pid && environ(pid).includes(mark));
}

function environ(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
