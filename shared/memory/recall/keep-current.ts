/** The shelf as the file is: when another process, a person's command, has written it, what changed is read again. */
import type { Database } from "../../sqlite/index.ts";
import { type FactRow, shelved } from "../layers/fact-rows.ts";
import type { Shelf } from "./shelf.ts";

/** Fills the shelf; from then on each call looks whether somebody else has written, which costs microseconds when not. */
export function createKeepCurrent(db: Database, { shelf, onOthers }: { shelf: Shelf; onOthers(): void }): () => void {
  const everything = db.prepare<[], FactRow>(
    "SELECT * FROM facts WHERE standing IN ('active', 'archived') ORDER BY seq",
  );
  // Changes only when another connection commits: https://www.sqlite.org/pragma.html#pragma_data_version
  const version = db.prepare<[], number>("PRAGMA data_version").pluck();
  let seen: number | undefined;
  return () => {
    const now = version.get();
    if (now === seen) return;
    const isFirst = seen === undefined;
    seen = now;
    const there = new Set<number>();
    for (const row of everything.iterate()) {
      there.add(row.seq);
      const fact = shelved(row);
      if (shelf.get(row.seq) === undefined) shelf.add(fact);
      else {
        shelf.stand(fact);
        shelf.replace(fact);
      }
    }
    if (isFirst) return;
    for (const seq of shelf.own()) if (!there.has(seq)) shelf.remove(seq);
    onOthers();
  };
}
