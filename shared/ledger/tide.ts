/** A number that rises with each write that somebody may wait for, so that seven processes do not wake each other by breathing. */
import type { Database } from "../sqlite/index.ts";

/** `rise` is for inside a write step; `level` tells whether there was one since. */
export function createTide(db: Database): { rise(): void; level(): number | undefined } {
  const rise = db.prepare("UPDATE tide SET level = level + 1");
  const level = db.prepare<[], number>("SELECT level FROM tide").pluck();
  return { rise: () => void rise.run(), level: () => level.get() };
}
