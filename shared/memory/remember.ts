/** Remembering a turn: what the person said and what the agent answered, and that facts are to be drawn from it. One transaction. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { shelved } from "./layers/fact-rows.ts";
import type { KeepFact } from "./layers/keep-facts.ts";
import type { AddEntry } from "./layers/sessions.ts";
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
  /** What the agent answered, and which model wrote it. */
  answer: { by: string; text: string; model: string } | null;
};

/** Resolves with the ids of what was said once it is safe on the disk. */
export type Remember = (turn: RememberedTurn) => Promise<string[]>;

type Options = { db: Database; atomic: Atomic; clock: Clock; shelf: Shelf; keepFact: KeepFact; addEntry: AddEntry };

export function createRemember({ db, atomic, clock, shelf, keepFact, addEntry }: Options): Remember {
  const link = db.prepare<[number, number]>("INSERT INTO said (fact, entry) VALUES (?, ?)");
  const queue = db.prepare<[number, number]>("INSERT INTO extractions (fact, state, due_at) VALUES (?, 'waiting', ?)");
  const keep = atomic.write(({ thread, message, person, audience, text, answer }: RememberedTurn) => {
    const common = { kind: "said", subject: person.id, audience } as const;
    const kept = [];
    if (text.trim() !== "") {
      const source = { thread, message, by: person.name, quote: null };
      const said = keepFact({ ...common, text, origin: person.isOwner ? "owner" : "person", source }, "active");
      link.run(said.seq, addEntry(thread, { by: "person", text, model: null }));
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
  });
  return async (turn) => {
    const kept = await keep(turn);
    for (const { row } of kept) if (row !== undefined) shelf.add(shelved(row));
    return kept.map(({ id }) => id);
  };
}
