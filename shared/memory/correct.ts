/** Correcting a fact: nothing is overwritten. A new fact in the person's words begins, the old one ends and leads to it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "./layers/fact-rows.ts";
import type { KeepFact } from "./layers/keep-facts.ts";
import type { Layer } from "./layers/layer.ts";
import { digestOf } from "./layers/put-fact.ts";
import { markChanged } from "./recall/keep-current.ts";
import type { Shelf } from "./recall/shelf.ts";
import type { TakeIn } from "./take-in.ts";

export type Correction = { corrected: true; id: string } | { corrected: false; because: string };

export interface Correct {
  /** `by` is who says so. The corrected fact is certain, and as private as the one it follows. */
  correct(id: string, correction: { text: string; by: string }, options: { signal: AbortSignal }): Promise<Correction>;
}

type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  keepFact: KeepFact;
  takeIn: TakeIn;
  /** Layer 5 keeps no history: what ended goes out of it. */
  shared: Layer | undefined;
};

export function createCorrect({ db, atomic, clock, shelf, keepFact, takeIn, shared }: Options): Correct {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const end = db.prepare<[number, string, number]>("UPDATE facts SET valid_to = ?, successor = ? WHERE seq = ?");

  const follow = atomic.write((id: string, text: string, by: string): { because: string } | Followed => {
    const old = byId.get(id);
    if (old === undefined) return { because: `There is no fact ${id}.` };
    if (old.kind === "said")
      return { because: "This is what was said, word for word. It can be forgotten, not changed." };
    const digest = digestOf(text);
    if (old.standing === "merged" || old.valid_to !== null) {
      // Ordered again, because the first time something behind this file failed, it is gone through to the end.
      const now = old.successor === null ? undefined : byId.get(old.successor);
      if (now?.digest === digest && now.valid_to === null) return { old, now };
      return {
        because: `This fact holds no more${old.successor === null ? "" : `; ${old.successor} has taken its place`}.`,
      };
    }
    if (text.trim() === "") return { because: "Write what is true instead." };
    if (digest === old.digest)
      return { because: "It says that already, in the same words. Write what is true instead." };
    markChanged(db);
    const { subject, kind, audience } = old;
    const source = { thread: null, message: null, by, quote: null };
    const kept = keepFact({ text, kind, subject, origin: "owner", audience, source, confidence: 1 }, "active");
    end.run(clock.now(), kept.id, old.seq);
    return { old: byId.get(id) ?? old, now: kept.row };
  });

  return {
    async correct(id, { text, by }, { signal }) {
      const done = await follow(id, text, by);
      if ("because" in done) return { corrected: false, because: done.because };
      const { old, now } = done;
      for (const row of [old, now]) shelf.stand(shelved(row));
      // Others must not go on saying what holds no more: a ledger that fails here is told again with the next try.
      await shared?.forget([id], { signal });
      await takeIn([factOf(now)], { signal });
      return { corrected: true, id: now.id };
    },
  };
}

type Followed = { old: FactRow; now: FactRow };
