/** What one night changes, step by step. Each step only proposes: applying, undoing and reporting are the same for all. */

import type { FactRow } from "../layers/fact-rows.ts";
import { HALF_LIFE_DAYS } from "../limits.ts";
import type { Standing } from "../types.ts";

/** One fact's standing, end or successor after the step, and why. */
export type Change = {
  seq: number;
  id: string;
  standing: Standing;
  validTo: number | null;
  successor: string | null;
  because: string;
};
export type Step = { name: string; propose(facts: readonly FactRow[], now: number): Change[] };

const DAY_MS = 86_400_000;
/** Shared words, of all words of both, from which two facts of one person say the same. */
const SAME_SHARE = 0.75;
/** Unused for so many half-lives, and never used: put away, still findable. */
const STALE_HALF_LIVES = 3;

/** Facts of one person, kind and audience that say the same in nearly the same words: the oldest stays and gains the others. */
const mergeDuplicates: Step = {
  name: "merge duplicates",
  propose(facts) {
    const changes: Change[] = [];
    const groups = Map.groupBy(facts.filter(isDrawn), (row) => [row.subject, row.kind, row.audience].join("\n"));
    for (const group of groups.values()) {
      const kept: { row: FactRow; words: Set<string> }[] = [];
      for (const row of group) {
        const words = new Set(row.words.split(" "));
        const same = kept.find((one) => shareOf(one.words, words) >= SAME_SHARE && tellsOf(one.row) === tellsOf(row));
        if (same === undefined) kept.push({ row, words });
        else
          changes.push(
            changed(row, { standing: "merged", successor: same.row.id }, `It says the same as ${same.row.id}.`),
          );
      }
    }
    return changes;
  },
};

/** What can only hold once at a time: where somebody lives, works, what they are called. English, Russian, German. */
const slots: readonly RegExp[] = [
  /\blives? in\b|\bi(?:'ve)? moved to\b|я (?:живу|переехал[а]?) в|ich wohne in/iu,
  /\bworks? (?:at|for)\b|я работаю (?:в|на)|ich arbeite bei/iu,
  /\bmy name is\b|меня зовут|ich hei(?:ß|ss)e/iu,
  /\bmy (?:phone|email|address|birthday) is\b/iu,
  /\bfavou?rite (?<what>\p{L}+) is\b/iu,
];

/** A newer fact in the same slot of the same person ends the older one at the moment it began; nothing is overwritten. */
const closeContradicted: Step = {
  name: "close contradicted intervals",
  propose(facts) {
    const changes: Change[] = [];
    const newest = new Map<string, FactRow>();
    const inOrder = facts
      .filter((row) => isDrawn(row) && row.valid_to === null)
      .toSorted((a, b) => a.valid_from - b.valid_from);
    for (const row of inOrder) {
      const slot = slots.findIndex((pattern) => pattern.test(row.text));
      if (slot < 0) continue;
      const what = slots[slot]?.exec(row.text)?.groups?.["what"] ?? "";
      const key = [row.subject, row.audience, slot, what.toLowerCase()].join("\n");
      const before = newest.get(key);
      if (before !== undefined && before.digest !== row.digest && before.valid_from < row.valid_from) {
        const ended = { standing: before.standing, validTo: row.valid_from, successor: row.id };
        changes.push(changed(before, ended, `${row.id} holds since then.`));
      }
      newest.set(key, row);
    }
    return changes;
  },
};

/** Never deletes, and age alone is no reason: what was used, or said by a person of themselves for good, stays. */
const archiveStale: Step = {
  name: "archive what is stale",
  propose: (facts, now) =>
    facts
      .filter((row) => row.standing === "active" && row.uses === 0 && (row.kind === "plan" || row.kind === "insight"))
      .filter((row) => now - Math.max(row.used_at, row.valid_from) > STALE_HALF_LIVES * HALF_LIFE_DAYS * DAY_MS)
      .map((row) => changed(row, { standing: "archived" }, "It was not used for half a year.")),
};

export const steps: readonly Step[] = [mergeDuplicates, closeContradicted, archiveStale];

/** What an insight repeats is said by the facts it cites; it neither merges nor ends anything. */
function isDrawn({ kind, standing }: FactRow): boolean {
  return kind !== "said" && kind !== "insight" && (standing === "active" || standing === "archived");
}

function changed(row: FactRow, to: Partial<Change>, because: string): Change {
  const { seq, id, standing, valid_to: validTo, successor } = row;
  return { seq, id, standing, validTo, successor, because, ...to };
}

function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return shared / (a.size + b.size - shared);
}

const negation =
  /\b(?:not|no|never|cannot)\b|n['’]t\b|(?<!\p{L})(?:не|нет|никогда|ни)(?!\p{L})|\b(?:nicht|kein\w*|nie)\b/iu;

/** Two sentences alike but for a number, or for a "not", are two facts. */
function tellsOf({ text }: FactRow): string {
  return `${(text.match(/\d+/g) ?? []).join(" ")} ${negates(text)}`;
}

/** Whether a sentence says that something is not so. */
export function negates(text: string): boolean {
  return negation.test(text);
}
