/** Summaries that stand in for the beginning of a conversation. They point to what they stand for; the words themselves stay. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";

/** What was looked for in a summary, and what had to be added to it word for word. */
export type CompactionReceipt = {
  /** How many of each kind were found in what was said: promises, decisions, numbers, names. */
  found: Readonly<Record<string, number>>;
  /** What the summary did not say, as it was said. */
  added: readonly string[];
  /** How many more did not fit; they stand in what was said. */
  leftOut: number;
};

export type Compaction = {
  id: number;
  thread: string;
  /** Ids of the first and the last thing said that it stands for, and how many there are. */
  first: number;
  last: number;
  entries: number;
  /** As a model is told it. */
  summary: string;
  receipt: CompactionReceipt;
  /** Which model wrote it; null when rules did. */
  model: string | null;
  /** Why it was made, and why no model wrote it. */
  because: string;
  at: number;
  undoneAt: number | null;
};

export type NewCompaction = Pick<Compaction, "thread" | "last" | "summary" | "receipt" | "model" | "because">;

/** One thing said, with its place. */
export type SessionEntry = { id: number; by: "person" | "agent"; text: string; model: string | null; at: number };

/** A conversation as it is told now: the summary in force, and everything said since. */
export type Told = {
  compaction: Compaction | undefined;
  since: SessionEntry[];
  /** Whether a person has undone the newest summary: then the next one waits for longer. */
  undone: boolean;
};

export interface Compactions {
  /** What a prompt tells of a thread, oldest first. Nothing that was said is missing from both. */
  told(thread: string): Promise<Told>;
  /** Everything said in a thread up to this entry, oldest first. */
  upTo(thread: string, last: number): Promise<SessionEntry[]>;
  /** Puts a summary in force for everything up to `last`; undefined when one stands for that much already, or nothing was said. */
  compact(compaction: NewCompaction): Promise<Compaction | undefined>;
  /** Takes the newest summary out of force: the one before it, or the words themselves, are told again. */
  uncompact(thread: string): Promise<Compaction | undefined>;
  /** All of a thread, the newest first, those that were undone too. */
  compactions(thread: string): Promise<Compaction[]>;
}

type Row = Omit<Compaction, "first" | "last" | "receipt" | "undoneAt"> & {
  first_entry: number;
  last_entry: number;
  receipt: string;
  undone_at: number | null;
};

export function createCompactions(db: Database, { read, write }: Atomic, clock: Clock): Compactions {
  const inForce = db.prepare<[string], Row>(
    "SELECT * FROM compactions WHERE thread = ? AND undone_at IS NULL ORDER BY last_entry DESC LIMIT 1",
  );
  const all = db.prepare<[string], Row>("SELECT * FROM compactions WHERE thread = ? ORDER BY id DESC");
  const byId = db.prepare<[number], Row>("SELECT * FROM compactions WHERE id = ?");
  const after = db.prepare<[string, number], SessionEntry>(
    "SELECT id, by, text, model, at FROM session_entries WHERE thread = ? AND id > ? ORDER BY id",
  );
  const upTo = db.prepare<[string, number], SessionEntry>(
    "SELECT id, by, text, model, at FROM session_entries WHERE thread = ? AND id <= ? ORDER BY id",
  );
  const range = db.prepare<[string, number], { first: number | null; last: number | null; entries: number }>(
    "SELECT min(id) AS first, max(id) AS last, count(*) AS entries FROM session_entries WHERE thread = ? AND id <= ?",
  );
  const insert = db.prepare(`
    INSERT INTO compactions (thread, first_entry, last_entry, entries, summary, receipt, model, because, at)
    VALUES (@thread, @first, @last, @entries, @summary, @receipt, @model, @because, @at)
  `);
  const undo = db.prepare<[number, number]>("UPDATE compactions SET undone_at = ? WHERE id = ?");
  const current = (thread: string) => from(inForce.get(thread));

  return {
    told: read((thread: string) => {
      const compaction = current(thread);
      const undone = all.get(thread)?.undone_at != null;
      return { compaction, since: after.all(thread, compaction?.last ?? 0), undone };
    }),
    upTo: read((thread: string, last: number) => upTo.all(thread, last)),
    compact: write(({ thread, last: wanted, summary, receipt, model, because }: NewCompaction) => {
      const { first, last, entries } = range.get(thread, wanted) ?? { first: null, last: null, entries: 0 };
      if (first === null || last === null || last <= (current(thread)?.last ?? 0)) return undefined;
      const row = { thread, first, last, entries, summary, model, because };
      const { lastInsertRowid } = insert.run({ ...row, receipt: JSON.stringify(receipt), at: clock.now() });
      return from(byId.get(Number(lastInsertRowid)));
    }),
    uncompact: write((thread: string) => {
      const compaction = current(thread);
      if (compaction === undefined) return undefined;
      undo.run(clock.now(), compaction.id);
      return from(byId.get(compaction.id));
    }),
    compactions: read((thread: string) => all.all(thread).flatMap((row) => from(row) ?? [])),
  };
}

function from(row: Row | undefined): Compaction | undefined {
  if (row === undefined) return undefined;
  const { first_entry: first, last_entry: last, receipt, undone_at: undoneAt, ...rest } = row;
  return { ...rest, first, last, receipt: JSON.parse(receipt) as CompactionReceipt, undoneAt };
}
