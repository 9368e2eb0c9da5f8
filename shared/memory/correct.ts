/** Correcting a fact: nothing is overwritten. A new fact in the person's words begins, the old one ends and leads to it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "./layers/fact-rows.ts";
import type { KeepFact } from "./layers/keep-facts.ts";
import type { Layer } from "./layers/layer.ts";
import { markChanged } from "./recall/keep-current.ts";
import type { Shelf } from "./recall/shelf.ts";

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
  /** Layers beside the rows themselves: they take the new fact in. */
  layers: readonly Pick<Layer, "put">[];
  /** Layer 5 keeps no history: what ended goes out of it. */
  shared: Layer | undefined;
};

export function createCorrect({ db, atomic, clock, shelf, keepFact, layers, shared }: Options): Correct {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const end = db.prepare<[number, string, number]>("UPDATE facts SET valid_to = ?, successor = ? WHERE seq = ?");

  const follow = atomic.write((id: string, text: string, by: string) => {
    const old = byId.get(id);
    if (old === undefined) return { because: `There is no fact ${id}.` };
    if (old.kind === "said")
      return { because: "This is what was said, word for word. It can be forgotten, not changed." };
    if (old.standing === "merged" || old.valid_to !== null)
      return {
        because: `This fact holds no more${old.successor === null ? "" : `; ${old.successor} has taken its place`}.`,
      };
    if (text.trim() === "" || text.trim() === old.text) return { because: "Write what is true instead." };
    markChanged(db);
    const { subject, kind, audience } = old;
    const source = { thread: null, message: null, by, quote: null };
    const kept = keepFact({ text, kind, subject, origin: "owner", audience, source, confidence: 1 }, "active");
    end.run(clock.now(), kept.id, old.seq);
    return { kept, old: bySeq.get(old.seq), now: bySeq.get(kept.seq) };
  });

  return {
    async correct(id, { text, by }, { signal }) {
      const done = await follow(id, text, by);
      if (done.because !== undefined) return { corrected: false, because: done.because };
      const { kept, old, now } = done;
      if (kept.row !== undefined) shelf.add(shelved(kept.row));
      if (old !== undefined) shelf.stand(shelved(old));
      if (now === undefined) return { corrected: true, id: kept.id };
      for (const layer of layers) await layer.put([factOf(now)], { signal });
      await shared?.forget([id], { signal });
      await shared?.put([factOf(now)], { signal });
      return { corrected: true, id: kept.id };
    },
  };
}
