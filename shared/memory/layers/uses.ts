/** Which facts were used, and when: they fade from then on. Noted at once on the shelf, and in the file with a later write. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import type { Shelf } from "../recall/shelf.ts";

export interface Uses {
  /** They were used now. */
  note(ids: readonly string[]): void;
  /** Part of a transaction that writes anyway: what was noted stands in the file with it. */
  keep(): void;
  /** The same, once so many have come together that they are worth a write. */
  keepMany(): void;
}

/** Facts whose use may stand in memory alone; each costs a page of the file to write, and most are used again soon. */
const NOTED_MAX = 256;

export function createUses(options: { db: Database; atomic: Atomic; clock: Clock; shelf: Shelf }): Uses {
  const { db, atomic, clock, shelf } = options;
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const use = db.prepare<[number, number, number]>(
    "UPDATE facts SET used_at = max(used_at, ?), uses = uses + ? WHERE seq = ?",
  );
  const noted = new Map<number, { at: number; times: number }>();
  const note = atomic.read((ids: readonly string[]) => {
    const at = clock.now();
    for (const id of ids) {
      const seq = seqOf.get(id);
      if (seq === undefined) continue;
      shelf.use(seq, at);
      noted.set(seq, { at, times: (noted.get(seq)?.times ?? 0) + 1 });
    }
  });
  const keep = () => {
    for (const [seq, { at, times }] of noted) use.run(at, times, seq);
    noted.clear();
  };
  return {
    // A use that could not be noted is worth no answer's failing.
    note: (ids) => void note(ids).catch(() => {}),
    keep,
    keepMany() {
      if (noted.size >= NOTED_MAX) keep();
    },
  };
}
