/** The append-only feed. Written in the transaction of the change it tells of, so it never tells of what did not happen. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { LedgerEvent } from "./types.ts";

export interface Events {
  /** Events after this id, oldest first. */
  since(id: number, limit: number): Promise<LedgerEvent[]>;
  /** The newest events, newest first. */
  latest(limit: number): Promise<LedgerEvent[]>;
  /** The newest events of these kinds, newest first, among the last LOOK_BACK_MAX events. */
  latestOf(kinds: readonly string[], limit: number): Promise<LedgerEvent[]>;
  /** Starts of agents, and answers that were let go of, since this time, newest first. */
  troubles(since: number): Promise<LedgerEvent[]>;
  /** Everything that was told about this message, oldest first. */
  ofMessage(message: number): Promise<LedgerEvent[]>;
  /** The id of the newest event, 0 in an empty ledger. */
  last(): Promise<number>;
}

/** How far back a search by kind goes: it reads events one by one. */
const LOOK_BACK_MAX = 20_000;
/** More trouble than that is no more telling. */
const TROUBLES_MAX = 300;

/** Adds one event; called only inside a write step. */
export type Tell = (
  kind: string,
  about: { message?: number; agent?: string },
  detail?: Record<string, unknown>,
) => void;

type Row = Omit<LedgerEvent, "detail"> & { detail: string };

/** The writing end, for the stores of the ledger. */
export function createTell(db: Database, clock: Clock): Tell {
  const add = db.prepare<[number, string, number | null, string | null, string]>(
    "INSERT INTO events (at, kind, message, agent, detail) VALUES (?, ?, ?, ?, ?)",
  );
  return (kind, { message, agent }, detail = {}) =>
    void add.run(clock.now(), kind, message ?? null, agent ?? null, JSON.stringify(detail));
}

/** The reading end. */
export function createEvents(db: Database, { read }: Atomic): Events {
  const since = db.prepare<[number, number], Row>("SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM events ORDER BY id DESC LIMIT ?");
  const latestOf = db.prepare<[string, number], Row>(`
    SELECT * FROM events
    WHERE kind IN (SELECT value FROM json_each(?)) AND id > (SELECT coalesce(max(id), 0) FROM events) - ${LOOK_BACK_MAX}
    ORDER BY id DESC LIMIT ?
  `);
  // Told as in the index of these kinds, which is used only when they are named alike.
  const troubles = db.prepare<[number, number], Row>(`
    SELECT * FROM events WHERE kind IN ('agent arrived', 'claim expired', 'delivery given up') AND at >= ?
    ORDER BY at DESC, id DESC LIMIT ?
  `);
  const ofMessage = db.prepare<[number], Row>("SELECT * FROM events WHERE message = ? ORDER BY id");
  const last = db.prepare<[], number>("SELECT coalesce(max(id), 0) FROM events").pluck();
  return {
    since: read((id: number, limit: number) => since.all(id, limit).map(fromRow)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
    latestOf: read((kinds: readonly string[], limit: number) =>
      latestOf.all(JSON.stringify(kinds), limit).map(fromRow),
    ),
    troubles: read((time: number) => troubles.all(time, TROUBLES_MAX).map(fromRow)),
    ofMessage: read((message: number) => ofMessage.all(message).map(fromRow)),
    last: read(() => last.get() ?? 0),
  };
}

function fromRow(row: Row): LedgerEvent {
  return { ...row, detail: JSON.parse(row.detail) as Record<string, unknown> };
}
