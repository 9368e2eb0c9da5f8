/** Writes the index of a log: where each line lies and what one filters by. Made from the log, and made again when it is lost. */
import { rmSync } from "node:fs";
import { type Database, openDatabase } from "../sqlite/index.ts";
import { checkLine, type Place, START } from "./chain.ts";
import { AuditFailure } from "./failure.ts";
import type { Written } from "./file.ts";
import { partsFrom, pathOfIndex } from "./files.ts";
import { readLines } from "./lines.ts";

/** Raised when the tables change, or what they promise: an index of another version is made again. */
export const VERSION = 3;
/** Rows of one transaction while a log is written faster than the process turns. */
const FLUSHED_ROWS = 256;
/** Rows kept for an index that cannot be written, or that catches up. */
const WAITING_ROWS_MAX = 5_000;
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
  -- The last line that was forced to the disk: a log that ends before it was cut.
  CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
`;

export type AuditIndex = {
  /** The last line that it knew of as forced to the disk when it was opened. */
  known: Place | undefined;
  /** Written a moment later, with others that come until then: no tool call waits for the index. */
  add(record: Record<string, unknown>, written: Written): void;
  /** All lines up to this one are on the disk: from now on a log that ends before it was cut. */
  note(head: Place): void;
  /** Takes in what the log had and the index had not when it was opened. Rejects with what a file or SQLite throws. */
  catchUp(): Promise<void>;
  /** Forgets the lines up to this number: their file is gone. */
  forgetThrough(seq: number): void;
  close(): void;
};

type Row = Record<string, string | number | null>;

/**
 * Opens or begins the index of this log, whose last line is `last`. It holds the lines of the log from the oldest on without a gap,
 * so that it always goes on after its last row: what was added waits until all before it is in, however often that fails.
 * Throws what SQLite throws.
 */
export function openIndex(log: string, last: Place, onFailure: (error: unknown) => void): AuditIndex {
  const db = openFresh(pathOfIndex(log));
  const insert = db.prepare(
    `INSERT OR REPLACE INTO entries (seq, at, event, turn, session, call, tool, class, allowed, part, offset, bytes)
     VALUES (@seq, @at, @event, @turn, @session, @call, @tool, @class, @allowed, @part, @offset, @bytes)`,
  );
  const setHead = db.prepare<[Place]>(
    `INSERT INTO head (one, seq, hash) VALUES (1, @seq, @hash)
     ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
  );
  const lastRow = db.prepare<[], RowPlace>("SELECT seq, part, offset, bytes FROM entries ORDER BY seq DESC LIMIT 1");
  const forget = db.prepare<[number]>("DELETE FROM entries WHERE seq <= ?");
  const write = db.transaction((rows: readonly Row[], head: Place) => {
    for (const row of rows) insert.run(row);
    if (head.seq > 0) setHead.run(head);
  });
  // What a loss of power took from the log can be here still.
  db.prepare<[number]>("DELETE FROM entries WHERE seq > ?").run(last.seq);

  const known = db.prepare<[], Place>("SELECT seq, hash FROM head").get();
  let head = known ?? START;
  let caughtUp = (lastRow.get()?.seq ?? 0) === last.seq;
  let waiting: Row[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!db.open) return;
    try {
      write.immediate(caughtUp ? waiting : [], head);
      if (caughtUp) waiting = [];
    } catch (error) {
      onFailure(error);
    }
  };
  const flushSoon = (): void => {
    timer ??= setTimeout(flush, LAG_MS).unref();
  };

  return {
    known,
    add(record, written) {
      if (!db.open) return;
      waiting.push(rowOf(record, written));
      flushSoon();
      if (waiting.length % FLUSHED_ROWS === 0) flush();
      if (waiting.length < WAITING_ROWS_MAX) return;
      db.close();
      onFailure(new AuditFailure(`The audit index is ${waiting.length} lines behind: it goes on at the next start.`));
      waiting = [];
    },
    note(place) {
      if (place.seq <= head.seq) return;
      head = place;
      flushSoon();
    },
    async catchUp() {
      if (caughtUp) return;
      for await (const rows of rowsAfter(log, lastRow.get())) {
        if (!db.open) return;
        write.immediate(rows, head);
      }
      caughtUp = true;
      flush();
    },
    forgetThrough(seq) {
      try {
        if (db.open) forget.run(seq);
      } catch (error) {
        onFailure(error);
      }
    },
    close() {
      flush();
      db.close();
    },
  };
}

type RowPlace = { seq: number; part: number; offset: number; bytes: number };

/** The lines of a log after one of its rows, as many at a time as were read. */
async function* rowsAfter(log: string, row: RowPlace | undefined): AsyncGenerator<readonly Row[]> {
  for (const { number, path } of partsFrom(log, row?.part ?? 0)) {
    let offset = number === row?.part ? row.offset + row.bytes + 1 : 0;
    for await (const lines of readLines(path, offset)) {
      yield lines.flatMap(({ line }) => {
        const written = { part: number, offset, bytes: line.length };
        offset += line.length + 1;
        const check = checkLine(line);
        return check.ok ? [rowOf(check.record(), { ...written, place: check.place })] : [];
      });
    }
  }
}

function rowOf(record: Record<string, unknown>, { place, part, offset, bytes }: Written): Row {
  const text = (name: string): string | null => (typeof record[name] === "string" ? record[name] : null);
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
