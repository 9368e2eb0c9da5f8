/** Every database of the system is opened here, so that every one has the same pragmas. */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { messageOf, OperationalError } from "../base/index.ts";

export type { Database };

/** A database file that could not be opened: missing folder, no permission, not a database, a broken file. */
export class DatabaseUnusable extends OperationalError {
  override readonly name = "DatabaseUnusable";
}

/**
 * How durable a commit is. FULL: nothing is lost when the power fails. NORMAL: the last commits may be lost then, the
 * file stays whole. OFF is for simulations on files that nobody keeps.
 */
export type Durability = "full" | "normal" | "off";

/** SQLite's own waiting blocks the event loop, so it is short; `atomic` waits around it without blocking. */
const BUSY_TIMEOUT_MS = 25;
/** The WAL file is cut back to this after a checkpoint. */
const WAL_MAX_BYTES = 16 * 1024 * 1024;
/** Pages of cache for one connection: 4 MiB are enough for indexes of this size and keep seven processes small. */
const CACHE_KIB = 4_096;

/** Opens (and creates, with its folder) one database in WAL mode. Throws DatabaseUnusable with the next step. */
export function openDatabase(path: string, options: { durability: Durability; readonly?: boolean }): Database {
  const readonly = options.readonly ?? false;
  if (readonly && !existsSync(path)) {
    throw new DatabaseUnusable(
      `There is no database at ${path} yet. Start the swarm once with \`kaos up\`, then try again.`,
    );
  }
  try {
    if (!readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const db = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS, readonly });
    if (!readonly) {
      chmodSync(path, 0o600);
      setWal(db);
      db.pragma(`journal_size_limit = ${WAL_MAX_BYTES}`);
    }
    // The default differs between the process that created the file and those that open it later: never rely on it.
    db.pragma(`synchronous = ${options.durability}`);
    db.pragma("foreign_keys = ON");
    db.pragma("temp_store = MEMORY");
    db.pragma(`cache_size = -${CACHE_KIB}`);
    return db;
  } catch (cause) {
    throw new DatabaseUnusable(
      `Cannot open the database ${path}: ${messageOf(cause)}. Check that the folder is writable and the disk not full; \`kaos doctor\` looks closer.`,
      { cause },
    );
  }
}

/** Switching to WAL needs the file alone for a moment; when several processes start at once, all but one try again. */
function setWal(db: Database): void {
  const tries = 200;
  for (let attempt = 1; ; attempt++) {
    try {
      db.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === tries) throw error;
    }
  }
}

/** Whether SQLite said that somebody else holds the lock right now. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
