/** Memory layer 1, sessions: what a person and the agent said to each other, word for word, by thread. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type Compactions, createCompactions } from "./compactions.ts";

export type SaidBy = "person" | "agent";

/** One thing that was said. `model` is which one wrote it, for the agent's own words. */
export type Said = { by: SaidBy; text: string; model: string | null };

export interface Sessions extends Compactions {
  /** Adds what was said to a thread, in this order, all of it or nothing. */
  append(thread: string, said: readonly Said[]): Promise<void>;
  /** The last things said in a thread, oldest first. */
  recent(thread: string, limit: number): Promise<(Said & { at: number })[]>;
  /** Conversations, the one that was last spoken in first. */
  threads(limit: number): Promise<{ thread: string; entries: number; lastAt: number }[]>;
}

/** Part of a transaction: adds one thing said and returns the id of its entry. */
export type AddEntry = (thread: string, said: Said) => number;

export function createAddEntry(db: Database, clock: Clock): AddEntry {
  const add = db.prepare<[string, SaidBy, string, string | null, number]>(
    "INSERT INTO session_entries (thread, by, text, model, at) VALUES (?, ?, ?, ?, ?)",
  );
  return (thread, { by, text, model }) => Number(add.run(thread, by, text, model, clock.now()).lastInsertRowid);
}

/** The store of this layer. A text is kept as it was said; a caller that must not keep a secret takes it out before. */
export function createSessions(
  db: Database,
  atomic: Atomic,
  { addEntry, clock }: { addEntry: AddEntry; clock: Clock },
): Sessions {
  const { read, write } = atomic;
  const recent = db.prepare<[string, number], Said & { at: number }>(
    "SELECT by, text, model, at FROM session_entries WHERE thread = ? ORDER BY id DESC LIMIT ?",
  );
  const threads = db.prepare<[number], { thread: string; entries: number; lastAt: number }>(`
    SELECT thread, count(*) AS entries, max(at) AS lastAt FROM session_entries GROUP BY thread ORDER BY lastAt DESC LIMIT ?
  `);
  return {
    threads: read((limit: number) => threads.all(limit)),
    append: write((thread: string, said: readonly Said[]) => {
      for (const one of said) addEntry(thread, one);
    }),
    recent: read((thread: string, limit: number) => recent.all(thread, limit).reverse()),
    ...createCompactions(db, atomic, clock),
  };
}
