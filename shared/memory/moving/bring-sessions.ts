/** Conversations of another home, word for word: a thread that is here too is only gone on with, never mixed. Part of a transaction. */
import type { Database } from "../../sqlite/index.ts";
import type { Counting, Places } from "./places.ts";
import type { Moved } from "./records.ts";

type Entry = Moved<"sessions">;
/** What a thread has here: how often each thing was said, and when the last one. */
type Here = { said: Map<string, number>; lastAt: number };

export function createBringSessions(db: Database) {
  const ofThread = db.prepare<[string], Pick<Entry, "by" | "text" | "at">>(
    "SELECT by, text, at FROM session_entries WHERE thread = ?",
  );
  const add = db.prepare(
    "INSERT INTO session_entries (thread, by, text, model, at) VALUES (@thread, @by, @text, @model, @at)",
  );
  const link = db.prepare<[number, number | bigint]>("INSERT OR IGNORE INTO said (fact, entry) VALUES (?, ?)");
  const threads = new Map<string, Here>();

  const hereOf = (thread: string): Here => {
    const known = threads.get(thread);
    if (known !== undefined) return known;
    const here: Here = { said: new Map(), lastAt: Number.NEGATIVE_INFINITY };
    for (const entry of ofThread.iterate(thread)) {
      here.said.set(keyOf(entry), (here.said.get(keyOf(entry)) ?? 0) + 1);
      here.lastAt = Math.max(here.lastAt, entry.at);
    }
    threads.set(thread, here);
    return here;
  };

  return (lines: Iterable<Entry>, places: Places, { tally, conflict }: Counting): void => {
    threads.clear();
    const mixed = new Set<string>();
    for (const { fact, ...entry } of lines) {
      if (fact !== null && places.isForgotten(fact)) continue;
      const here = hereOf(entry.thread);
      const times = here.said.get(keyOf(entry)) ?? 0;
      if (times > 0 || (fact !== null && places.wasHere(fact))) {
        here.said.set(keyOf(entry), times - 1);
        tally("sessions", false);
        continue;
      }
      // A thread is read in the order it was written: older words would look like the newest.
      if (here.lastAt > entry.at) {
        mixed.add(entry.thread);
        continue;
      }
      const { lastInsertRowid } = add.run(entry);
      const seq = fact === null ? undefined : places.seqOf(fact);
      if (seq !== undefined) link.run(seq, lastInsertRowid);
      tally("sessions", true);
    }
    for (const thread of mixed)
      conflict(
        `The conversation ${thread} went on differently here; it stays as it is here, and what was said is in its facts.`,
      );
  };
}

function keyOf({ by, text, at }: Pick<Entry, "by" | "text" | "at">): string {
  return `${at} ${by} ${text}`;
}
