/** Where a fact comes from and what became of it: every source, what it stands on, what stands on it, each night that changed it. */
import type { Atomic, Database } from "../sqlite/index.ts";
import { type FactRow, factOf } from "./layers/fact-rows.ts";
import type { Fact, Source, Standing } from "./types.ts";

export type History = {
  fact: Fact;
  /** The first one and every further one, oldest first. */
  sources: (Source & { at: number })[];
  /** What was said, or known, that it was drawn from. */
  drawnFrom: Fact[];
  /** What was drawn from it. */
  drawnInto: Fact[];
  /** How it stood before each step of a night that changed it. */
  nights: { night: number; at: number; step: string; before: Standing; undone: boolean }[];
  /** Names it speaks of. */
  entities: string[];
};

export interface Histories {
  /** All that is known of one fact; undefined when there is none of this id. */
  why(id: string): Promise<History | undefined>;
}

export function createHistories(db: Database, { read }: Atomic): Histories {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const further = db.prepare<[number], Source & { at: number }>(
    'SELECT thread, message, said_by AS "by", quote, at FROM fact_sources WHERE fact = ? ORDER BY at',
  );
  const from = db.prepare<[number], FactRow>(
    "SELECT facts.* FROM derived JOIN facts ON facts.seq = derived.source WHERE derived.fact = ? ORDER BY facts.seq",
  );
  const into = db.prepare<[number], FactRow>(
    "SELECT facts.* FROM derived JOIN facts ON facts.seq = derived.fact WHERE derived.source = ? ORDER BY facts.seq",
  );
  const nights = db.prepare<[number], { night: number; at: number; step: string; before: Standing; undone: 0 | 1 }>(`
    SELECT night, at, step, standing AS before, undone_at IS NOT NULL AS undone
    FROM night_changes JOIN nights ON nights.id = night WHERE fact = ? ORDER BY night
  `);
  const names = db
    .prepare<[number], string>(
      "SELECT name FROM mentions JOIN entities ON entities.id = entity WHERE fact = ? ORDER BY name",
    )
    .pluck();
  return {
    why: read((id: string) => {
      const row = byId.get(id);
      if (row === undefined) return undefined;
      const fact = factOf(row);
      return {
        fact,
        sources: [{ ...fact.source, at: fact.validFrom }, ...further.all(row.seq)],
        drawnFrom: from.all(row.seq).map(factOf),
        drawnInto: into.all(row.seq).map(factOf),
        nights: nights.all(row.seq).map((one) => ({ ...one, undone: one.undone === 1 })),
        entities: names.all(row.seq),
      };
    }),
  };
}
