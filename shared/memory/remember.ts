/** Remembering a turn: what the person said and what the agent answered, and that facts are to be drawn from it. One transaction. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { shelved } from "./layers/fact-rows.ts";
import type { KeepFact, KeptRow } from "./layers/keep-facts.ts";
import type { AddEntry } from "./layers/sessions.ts";
import type { Uses } from "./layers/uses.ts";
import type { Shelf } from "./recall/shelf.ts";
import type { Audience } from "./types.ts";

/** One turn. What a colleague said, what a tool brought and what a page said are not part of it: they never become facts about a person. */
export type RememberedTurn = {
  thread: string;
  /** The message it answers, for whoever looks the source up. */
  message: string | null;
  person: { id: string; name: string; isOwner: boolean };
  audience: Audience;
  /** What the person said, without secrets. */
  text: string;
  /** What the person said while it was being answered, each by itself. */
  more?: readonly string[];
  /** What the agent answered, and which model wrote it. */
  answer: { by: string; text: string; model: string } | null;
};

/** Resolves with the ids of what was said once it is safe on the disk. */
export type Remember = (turn: RememberedTurn) => Promise<string[]>;

/**
 * Turns whose answer is being handed over to another store. Two files cannot be written in one transaction, so the turn
 * is noted here first; whoever dies in between leaves a note, and the next life asks the other store what became of it.
 */
export interface Unsettled {
  /** Notes a turn under what hands its answer over; a later note under the same key takes its place. */
  note(key: string, fence: number, turn: RememberedTurn): Promise<void>;
  /** It was handed over: the turn is remembered. Once only; resolves with the ids of what was said. */
  keep(key: string): Promise<string[]>;
  /** It was not: nobody has read that answer. */
  drop(key: string): Promise<void>;
  all(): Promise<{ key: string; fence: number }[]>;
}

type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  keepFact: KeepFact;
  addEntry: AddEntry;
  uses: Uses;
};

export function createRemember(options: Options): { remember: Remember; unsettled: Unsettled } {
  const { db, atomic, clock, shelf, keepFact, addEntry, uses } = options;
  const link = db.prepare<[number, number]>("INSERT INTO said (fact, entry) VALUES (?, ?)");
  const queue = db.prepare<[number, number]>("INSERT INTO extractions (fact, state, due_at) VALUES (?, 'waiting', ?)");
  const note = db.prepare<[string, number, string, number]>(
    "INSERT OR REPLACE INTO unsettled_turns (key, fence, turn, at) VALUES (?, ?, ?, ?)",
  );
  const noted = db.prepare<[string], string>("SELECT turn FROM unsettled_turns WHERE key = ?").pluck();
  const drop = db.prepare<[string]>("DELETE FROM unsettled_turns WHERE key = ?");
  const all = db.prepare<[], { key: string; fence: number }>("SELECT key, fence FROM unsettled_turns ORDER BY at, key");

  const keepTurn = ({ thread, message, person, audience, text, more = [], answer }: RememberedTurn): KeptRow[] => {
    const common = { kind: "said", subject: person.id, audience } as const;
    const origin = person.isOwner ? "owner" : "person";
    const kept: KeptRow[] = [];
    uses.keepMany();
    for (const words of [text, ...more]) {
      if (words.trim() === "") continue;
      const source = { thread, message, by: person.name, quote: null };
      const said = keepFact({ ...common, text: words, origin, source }, "active");
      link.run(said.seq, addEntry(thread, { by: "person", text: words, model: null }));
      queue.run(said.seq, clock.now());
      kept.push(said);
    }
    if (answer !== null && answer.text.trim() !== "") {
      const source = { thread, message, by: answer.by, quote: null };
      const said = keepFact({ ...common, text: answer.text, origin: "agent", source }, "active");
      link.run(said.seq, addEntry(thread, { by: "agent", text: answer.text, model: answer.model }));
      kept.push(said);
    }
    return kept;
  };
  const keep = atomic.write(keepTurn);
  const keepNoted = atomic.write((key: string) => {
    const turn = noted.get(key);
    if (turn === undefined) return [];
    drop.run(key);
    return keepTurn(JSON.parse(turn) as RememberedTurn);
  });
  const onShelf = (kept: readonly KeptRow[]): string[] => {
    for (const { row } of kept) shelf.stand(shelved(row));
    return kept.map(({ id }) => id);
  };

  return {
    remember: async (turn) => onShelf(await keep(turn)),
    unsettled: {
      note: atomic.write(
        (key: string, fence: number, turn: RememberedTurn) =>
          void note.run(key, fence, JSON.stringify(turn), clock.now()),
      ),
      keep: async (key) => onShelf(await keepNoted(key)),
      drop: atomic.write((key: string) => void drop.run(key)),
      all: atomic.read(() => all.all()),
    },
  };
}
