/** How skills fare: what happened to each in the turns of late, and how often before. */
import type { Database } from "../../sqlite/index.ts";

export type OutcomeKind = "offered" | "loaded" | "followed" | "corrected";
export type Outcome = { skill: string; hash: string; turn: string; what: OutcomeKind };
export type SkillFigures = { skill: string; hash: string } & Record<OutcomeKind, number>;

/** Turns are looked back at for a week. What is older is kept as a number, so that what is read does not grow with the turns. */
const KEPT_MS = 8 * 24 * 60 * 60_000;

/** Parts of a transaction. */
export interface Outcomes {
  note(outcomes: readonly Outcome[], now: number): void;
  figures(): SkillFigures[];
}

export function createOutcomes(db: Database): Outcomes {
  const insert = db.prepare("INSERT OR IGNORE INTO outcomes (skill, hash, turn, what, at) VALUES (?, ?, ?, ?, ?)");
  const addUp = db.prepare<[number]>(`
    INSERT INTO tallies (skill, hash, what, count, since)
    SELECT skill, hash, what, count(*), min(at) FROM outcomes WHERE at < ? GROUP BY skill, hash, what
    ON CONFLICT (skill, hash, what) DO UPDATE SET count = count + excluded.count
  `);
  const dropOld = db.prepare<[number]>("DELETE FROM outcomes WHERE at < ?");
  const figures = db.prepare<[], SkillFigures>(`
    SELECT skill, hash, sum(count * (what = 'offered')) AS offered, sum(count * (what = 'loaded')) AS loaded,
      sum(count * (what = 'followed')) AS followed, sum(count * (what = 'corrected')) AS corrected
    FROM (SELECT skill, hash, what, count, since FROM tallies UNION ALL SELECT skill, hash, what, 1, at FROM outcomes)
    GROUP BY skill, hash ORDER BY skill, min(since)
  `);
  return {
    note(outcomes, now) {
      addUp.run(now - KEPT_MS);
      dropOld.run(now - KEPT_MS);
      for (const { skill, hash, turn, what } of outcomes) insert.run(skill, hash, turn, what, now);
    },
    figures: () => figures.all(),
  };
}
