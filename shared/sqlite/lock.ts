/** A lock that dies with its process: the kernel frees it, however the process ends. */
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { DatabaseUnusable, isBusy } from "./open.ts";

export type Lock = { release(): void };

/**
 * Takes the lock that this file stands for, or returns undefined when another process has it.
 * It is SQLite's exclusive lock on a database of its own, so no process id can be mistaken for another.
 */
export function takeLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const db = new Sqlite(path, { timeout: 0 });
    try {
      db.pragma("locking_mode = EXCLUSIVE");
      db.exec("BEGIN EXCLUSIVE");
      chmodSync(path, 0o600);
      return { release: () => void db.close() };
    } catch (error) {
      db.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  } catch (cause) {
    throw new DatabaseUnusable(
      `Cannot use the lock file ${path}. Check that its folder is writable and the disk not full.`,
      { cause },
    );
  }
}
