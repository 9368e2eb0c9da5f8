/** What one night changes, step by step. Each step only proposes: applying, undoing and reporting are the same for all. */

import type { FactRow } from "../layers/fact-rows.ts";
import { HALF_LIFE_DAYS } from "../limits.ts";
import type { Standing } from "../types.ts";
import { createAlike, saysSame } from "./alike.ts";
import { slotOf } from "./slots.ts";

/** One fact's standing, end or successor after the step, and why. */
export type Change = {
  seq: number;
  id: string;
  standing: Standing;
  validTo: number | null;
  successor: string | null;
  because: string;
};
export type Step = {
  name: string;
  /** It changes no end and no successor, so that undoing it leaves those as they are by then. */
  onlyStanding?: true;
  propose(facts: readonly FactRow[], now: number): Change[];
};

const DAY_MS = 86_400_000;
/** Unused for so many half-lives, and never used: put away, still findable. */
const STALE_HALF_LIVES = 3;

/** Facts of one person, kind and audience that hold and say the same in nearly the same words: the oldest that is at hand stays, and the others lead to it. */
const mergeDuplicates: Step = {
  name: "merge duplicates",
  propose(facts) {
    const changes: Change[] = [];
    const groups = Map.groupBy(facts.filter(holds), (row) => [row.subject, row.kind, row.audience].join("\n"));
    for (const group of groups.values()) {
      const inOrder = group.toSorted((a, b) => Number(isAway(a)) - Number(isAway(b)) || a.seq - b.seq);
      const alike = createAlike(inOrder);
      for (const row of inOrder) {
        const same = alike.firstLike(row);
        if (same === undefined) alike.keep(row);
        else changes.push(changed(row, { standing: "merged", successor: same.id }, `It says the same as ${same.id}.`));
      }
    }
    return changes;
  },
};

/** A newer fact in the same slot of the same person ends the older ones at the moment it began; nothing is overwritten. */
const closeContradicted: Step = {
  name: "close contradicted intervals",
  propose(facts) {
    const changes: Change[] = [];
    const open = new Map<string, FactRow[]>();
    for (const row of facts.filter(holds).toSorted((a, b) => a.valid_from - b.valid_from)) {
      const slot = slotOf(row);
      if (slot === undefined) continue;
      const key = [row.subject, row.audience, slot].join("\n");
      const before = open.get(key) ?? [];
      const ended = before.filter((one) => one.valid_from < row.valid_from && !saysSame(one, row));
      for (const one of ended)
        changes.push(changed(one, { validTo: row.valid_from, successor: row.id }, `${row.id} holds since then.`));
      open.set(key, [...before.filter((one) => !ended.includes(one)), row]);
    }
    return changes;
  },
};

/** Never deletes, and age alone is no reason: what was used, or said by a person of themselves for good, stays. */
const archiveStale: Step = {
  name: "archive what is stale",
  onlyStanding: true,
  propose: (facts, now) =>
    facts
      .filter((row) => row.standing === "active" && row.uses === 0 && (row.kind === "plan" || row.kind === "insight"))
      .filter((row) => now - Math.max(row.used_at, row.valid_from) > STALE_HALF_LIVES * HALF_LIFE_DAYS * DAY_MS)
      .map((row) => changed(row, { standing: "archived" }, "It was not used for half a year.")),
};

/** What ended is told from what holds before duplicates are looked for: whoever moved away and back lives there twice. */
export const steps: readonly Step[] = [closeContradicted, mergeDuplicates, archiveStale];

/** Whether it can be merged or ended: it was drawn and has not ended. What an insight repeats is said by the facts it cites. */
function holds({ kind, standing, valid_to: to }: FactRow): boolean {
  return kind !== "said" && kind !== "insight" && (standing === "active" || standing === "archived") && to === null;
}

function isAway({ standing }: FactRow): boolean {
  return standing === "archived";
}

function changed(row: FactRow, to: Partial<Change>, because: string): Change {
  const { seq, id, standing, valid_to: validTo, successor } = row;
  return { seq, id, standing, validTo, successor, because, ...to };
}

/** The facts as they would stand after a step. */
export function after(rows: readonly FactRow[], changes: readonly Change[]): FactRow[] {
  const bySeq = new Map(changes.map((change) => [change.seq, change]));
  return rows
    .map((row) => {
      const change = bySeq.get(row.seq);
      if (change === undefined) return row;
      return { ...row, standing: change.standing, valid_to: change.validTo, successor: change.successor };
    })
    .filter(({ standing }) => standing === "active" || standing === "archived");
}
