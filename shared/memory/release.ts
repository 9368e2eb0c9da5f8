/** Releasing what was put aside: a person has looked at it, and from now on it is recalled as anything else is. */
import type { Atomic, Database } from "../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "./layers/fact-rows.ts";
import { markChanged } from "./recall/keep-current.ts";
import type { Shelf } from "./recall/shelf.ts";
import type { TakeIn } from "./take-in.ts";

export type Released = { released: true } | { released: false; because: string };

export interface Release {
  /** Only what is quarantined can be released. */
  release(id: string, options: { signal: AbortSignal }): Promise<Released>;
}

type Options = { db: Database; atomic: Atomic; shelf: Shelf; takeIn: TakeIn };

export function createRelease({ db, atomic: { read, write }, shelf, takeIn }: Options): Release {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const activate = db.prepare<[number]>(
    "UPDATE facts SET standing = 'active' WHERE seq = ? AND standing = 'quarantined'",
  );
  const rowOf = read((id: string) => byId.get(id));
  const stand = write(({ seq }: FactRow) => {
    markChanged(db);
    activate.run(seq);
  });
  return {
    async release(id, options) {
      const row = await rowOf(id);
      if (row === undefined) return { released: false, because: `There is no fact ${id}.` };
      if (row.standing !== "quarantined")
        return { released: false, because: `${id} is not put aside: it is ${row.standing}.` };
      const released: FactRow = { ...row, standing: "active" };
      // The other layers first: one that cannot be told leaves it put aside, to be released again.
      await takeIn([factOf(released)], options);
      await stand(released);
      shelf.stand(shelved(released));
      return { released: true };
    },
  };
}
