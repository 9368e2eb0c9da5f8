/** The index of a log: where each line lies and what one filters by. Made from the log, and made again when it is lost. */
import { closeSync, existsSync, openSync, readSync, rmSync } from "node:fs";
import { type Database, openDatabase } from "../sqlite/index.ts";
import type { Place } from "./chain.ts";
import { checkLine } from "./chain.ts";
import type { Written } from "./file.ts";
import { fullParts, pathOfIndex, pathOfPart } from "./files.ts";
import { readLines } from "./lines.ts";

/** Raised when the tables change: an index of another version is made again. */
const VERSION = 2;
/** Rows of one transaction while an index is made again, and while a log is written faster than the process turns. */
const BATCH_ROWS = 2_000;
const WAITING_ROWS_MAX = 256;
/** How much later than the log its index may be: one transaction for many lines costs little more than one for each. */
const LAG_MS = 200;

const TABLES = `
  CREATE TABLE entries (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,            -- milliseconds since the epoch
    event   TEXT    NOT NULL,
    turn    TEXT,
    session TEXT,                        -- the conversation: a room, a topic of it, a chat
    call    TEXT,
    tool    TEXT,
    class   TEXT,                        -- of a tool_result: how the call ended
    allowed INTEGER,                     -- of a tool_call: whether the gate let it pass
    part    INTEGER NOT NULL,            -- which file of the log
    offset  INTEGER NOT NULL,
    bytes   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_tool  ON entries (tool, seq);
  CREATE INDEX entries_by_class ON entries (class, seq);
  CREATE INDEX entries_by_turn  ON entries (turn, seq);
  CREATE INDEX entries_by_session ON entries (session, seq) WHERE session IS NOT NULL;
  -- The last line that was written: a log that ends before it was cut.
  CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
`;

export type AuditIndex = {
  /** The last line it has heard of. */
  head(): Place | undefined;
  /** Written a moment later, with others that come until then: no tool call waits for the index. */
  add(record: Record<string, unknown>, written: Written): void;
  /** Takes in what the log has and the index has not. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Forgets the lines of files that are gone. */
  forgetBefore(part: number): void;
  close(): void;
};

/** Opens or begins the index of this log. Throws what SQLite throws. */
export function openIndex(log: string, onFailure: (error: unknown) => void): AuditIndex {
  const db = openFresh(pathOfIndex(log));
  const insert = db.prepare(
    `INSERT OR REPLACE INTO entries (seq, at, event, turn, session, call, tool, class, allowed, part, offset, bytes)
     VALUES (@seq, @at, @event, @turn, @session, @call, @tool, @class, @allowed, @part, @offset, @bytes)`,
  );
  const setHead = db.prepare<[number, string]>(
    `INSERT INTO head (one, seq, hash) VALUES (1, ?, ?)
     ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq >= head.seq`,
  );
  const head = db.prepare<[], Place>("SELECT seq, hash FROM head");
  const lastRow = db.prepare<[], { part: number; offset: number }>(
    "SELECT part, offset FROM entries ORDER BY seq DESC LIMIT 1",
  );
  const forget = db.prepare<[number]>("DELETE FROM entries WHERE part < ?");
  const add = db.transaction((rows: readonly { record: Record<string, unknown>; written: Written }[]) => {
    for (const { record, written } of rows) insert.run(rowOf(record, written));
    const last = rows.at(-1)?.written.place;
    if (last !== undefined) setHead.run(last.seq, last.hash);
  });

  let waiting: { record: Record<string, unknown>; written: Written }[] = [];
  const flush = (): void => {
    const rows = waiting;
    waiting = [];
    if (rows.length === 0 || !db.open) return;
    try {
      add.immediate(rows);
    } catch (error) {
      onFailure(error);
    }
  };

  return {
    head: () => head.get(),
    add(record, written) {
      if (waiting.length === 0) setTimeout(flush, LAG_MS).unref();
      waiting.push({ record, written });
      if (waiting.length >= WAITING_ROWS_MAX) flush();
    },
    async catchUp(signal) {
      const known = lastRow.get();
      let batch: { record: Record<string, unknown>; written: Written }[] = [];
      for (const part of partsOf(log).filter(({ number }) => number >= (known?.part ?? 0))) {
        let offset = 0;
        for await (const lines of readLines(part.path)) {
          for (const { line, complete } of lines) {
            const here = offset;
            offset += line.length + 1;
            if (!complete || (part.number === known?.part && here <= known.offset)) continue;
            const check = checkLine(line);
            if (!check.ok) continue;
            const written = { place: check.place, part: part.number, offset: here, bytes: line.length };
            batch.push({ record: check.record(), written });
          }
          if (signal.aborted) return;
          if (batch.length < BATCH_ROWS) continue;
          add.immediate(batch);
          batch = [];
        }
      }
      if (!signal.aborted && batch.length > 0) add.immediate(batch);
    },
    forgetBefore: (part) => void forget.run(part),
    close() {
      flush();
      db.close();
    },
  };
}

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

/** Reads a log through its index, newest first. An agent that writes at the same time is no trouble. */
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

/** The last line that the index of this log has heard of. */
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

/** All files of a log; the one that is written has the number that it will get. */
export function partsOf(log: string): { number: number; path: string }[] {
  const full = fullParts(log);
  return [...full, { number: (full.at(-1)?.number ?? 0) + 1, path: log }].filter(({ path }) => existsSync(path));
}

function readRows(log: string, rows: readonly { part: number; offset: number; bytes: number }[]): AuditLine[] {
  const open = new Map<number, number>();
  try {
    return rows.flatMap(({ part, offset, bytes }) => {
      const full = pathOfPart(log, part);
      const fd = open.get(part) ?? openSync(existsSync(full) ? full : log, "r");
      open.set(part, fd);
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

function rowOf(record: Record<string, unknown>, { place, part, offset, bytes }: Written): Record<string, unknown> {
  const text = (name: string): unknown => (typeof record[name] === "string" ? record[name] : null);
  const decision = record["decision"] as { allow?: unknown } | undefined;
  return {
    seq: place.seq,
    at: Date.parse(String(record["at"])) || 0,
    event: text("event") ?? "",
    turn: text("turn"),
    session: text("session"),
    call: text("call"),
    tool: text("tool"),
    class: text("class"),
    allowed: decision === undefined ? null : Number(decision.allow === true),
    part,
    offset,
    bytes,
  };
}

function openFresh(path: string): Database {
  const db = openDatabase(path, { durability: "normal" });
  if (db.pragma("user_version", { simple: true }) === VERSION) return db;
  const empty = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
  if (!empty) {
    db.close();
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
    return openFresh(path);
  }
  try {
    db.exec(TABLES);
    db.pragma(`user_version = ${VERSION}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
