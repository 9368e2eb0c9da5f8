/** Reads a log through its index, newest line first. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { type Database, openDatabase } from "../sqlite/index.ts";
import { checkLine, type Place } from "./chain.ts";
import { VERSION } from "./entries.ts";
import { partsOf, pathOfIndex } from "./files.ts";

export type AuditFilter = {
  tool?: string;
  /** How a call ended. */
  class?: string;
  turn?: string;
  /** The conversation, as its lines name it. */
  session?: string;
  /** Any of these turns. */
  turns?: readonly string[];
  event?: "tool_call" | "tool_result";
  /** Only lines of this time, in milliseconds since the epoch: from `since`, before `until`. */
  since?: number;
  until?: number;
  /** Only older lines than this number. */
  before?: number;
};

/** A line of the log as it was written: `at`, `event`, `tool`, and what belongs to its event. */
export type AuditLine = Record<string, unknown> & { seq: number };

/** The newest lines of this filter. An agent that writes at the same time is no trouble. */
export function readAudit(log: string, filter: AuditFilter, limit: number): AuditLine[] {
  const wanted = (["tool", "class", "turn", "session", "event"] as const).filter(
    (field) => filter[field] !== undefined,
  );
  const where = [
    ...wanted.map((field) => `${field} = @${field}`),
    ...(filter.turns === undefined ? [] : ["turn IN (SELECT value FROM json_each(@turns))"]),
    ...(filter.since === undefined ? [] : ["at >= @since"]),
    ...(filter.until === undefined ? [] : ["at < @until"]),
    "seq < @before",
  ].join(" AND ");
  const rows = withIndex(log, (db) =>
    db
      .prepare<[object], { part: number; offset: number; bytes: number }>(
        `SELECT part, offset, bytes FROM entries WHERE ${where} ORDER BY seq DESC LIMIT @limit`,
      )
      .all({
        ...filter,
        turns: JSON.stringify(filter.turns ?? []),
        before: filter.before ?? Number.MAX_SAFE_INTEGER,
        limit,
      }),
  );
  return readRows(log, rows ?? []);
}

/** Lines among which conversations are looked for. */
const RECENT_LINES_MAX = 2_000;

/** The conversations of the newest lines, in the order of the alphabet. */
export function recentSessions(log: string): string[] {
  const found = withIndex(log, (db) =>
    db
      .prepare<[number], string>(
        `SELECT DISTINCT session FROM (SELECT session FROM entries ORDER BY seq DESC LIMIT ?)
         WHERE session IS NOT NULL ORDER BY session`,
      )
      .pluck()
      .all(RECENT_LINES_MAX),
  );
  return found ?? [];
}

/** The last line that the index of this log knows of as forced to the disk. */
export function knownHead(log: string): Place | undefined {
  return withIndex(log, (db) => db.prepare<[], Place>("SELECT seq, hash FROM head").get());
}

/** Undefined where there is no index, or one of another version that its agent will make again. */
function withIndex<Result>(log: string, read: (db: Database) => Result): Result | undefined {
  if (!existsSync(pathOfIndex(log))) return undefined;
  const db = openDatabase(pathOfIndex(log), { durability: "normal", readonly: true });
  try {
    return db.pragma("user_version", { simple: true }) === VERSION ? read(db) : undefined;
  } finally {
    db.close();
  }
}

function readRows(log: string, rows: readonly { part: number; offset: number; bytes: number }[]): AuditLine[] {
  const paths = new Map(partsOf(log).map(({ number, path }) => [number, path]));
  const open = new Map<string, number>();
  try {
    return rows.flatMap(({ part, offset, bytes }) => {
      const path = paths.get(part);
      if (path === undefined) return [];
      const fd = open.get(path) ?? openSync(path, "r");
      open.set(path, fd);
      const line = Buffer.alloc(bytes);
      readSync(fd, line, 0, bytes, offset);
      const check = checkLine(line);
      // A line that is not as it was written is told by `kaos audit verify`; it is not shown as if it were.
      return check.ok ? [{ ...check.record(), seq: check.place.seq }] : [];
    });
  } finally {
    for (const fd of open.values()) closeSync(fd);
  }
}
