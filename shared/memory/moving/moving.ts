/** Memory that moves: out of this home as lines, in from another home, in from another program. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, shelved } from "../layers/fact-rows.ts";
import type { Shelf } from "../recall/shelf.ts";
import { type BringIn, createBringIn } from "./bring-in.ts";
import { type BringSaid, createBringSaid } from "./bring-said.ts";
import { createTakeOut, type Sink } from "./take-out.ts";

export interface Moving {
  /** Hands over what this agent remembers, always in the same order. */
  takeOut(sink: Sink): Promise<void>;
  readonly bringIn: BringIn;
  readonly bringSaid: BringSaid;
}

type Options = { db: Database; atomic: Atomic; clock: Clock; shelf: Shelf };

export function createMoving({ db, atomic, clock, shelf }: Options): Moving {
  const since = db.prepare<[number], FactRow>(
    "SELECT * FROM facts WHERE seq > ? AND standing IN ('active', 'archived') ORDER BY seq",
  );
  const bringIn = createBringIn(db, atomic);
  const bringSaid = createBringSaid(db, atomic, clock);
  // What was brought is found at once, as what is kept is; other processes read it again by themselves.
  const shelve = <Result>(result: Result): Result => {
    for (const row of since.all(shelf.newest())) shelf.add(shelved(row));
    return result;
  };
  return {
    takeOut: createTakeOut(db, atomic),
    bringIn: async (...args) => shelve(await bringIn(...args)),
    bringSaid: async (...args) => shelve(await bringSaid(...args)),
  };
}
