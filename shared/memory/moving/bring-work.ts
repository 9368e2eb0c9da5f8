/** What nights changed in another home, and what is supposed of people there. Part of a transaction. */
import type { Database } from "../../sqlite/index.ts";
import { keptReport } from "../consolidate/report.ts";
import type { Counting, Places } from "./places.ts";
import type { MovedLines } from "./records.ts";

export function createBringWork(db: Database) {
  const lastNight = db.prepare<[], number | null>("SELECT max(at) FROM nights").pluck();
  const nightAt = db.prepare<[number], 1>("SELECT 1 FROM nights WHERE at = ?").pluck();
  const addNight = db.prepare<[number, number | null, string]>(
    "INSERT INTO nights (at, undone_at, report) VALUES (?, ?, ?)",
  );
  const addChange = db.prepare(`
    INSERT OR IGNORE INTO night_changes (night, fact, step, standing, valid_to, successor)
    VALUES (@night, @seq, @step, @standing, @validTo, @successor)
  `);
  const supposed = db.prepare<[string, string], 1>("SELECT 1 FROM hypotheses WHERE person = ? AND text = ?").pluck();
  const suppose = db.prepare(
    "INSERT INTO hypotheses (person, text, state, by, changed_at, shown) VALUES (@person, @text, @state, @by, @changedAt, @shown)",
  );
  const link = db.prepare<[number | bigint, number, string, 0 | 1]>(
    "INSERT OR IGNORE INTO evidence (hypothesis, fact, speaks, cited) VALUES (?, ?, ?, ?)",
  );
  // Only what is another name here too can come apart again; a name that only a forgotten fact spoke of is gone.
  const addAlias = db.prepare<[number | bigint, number]>(
    "INSERT OR IGNORE INTO night_aliases (night, entity) SELECT ?, id FROM entities WHERE id = ? AND same_as IS NOT NULL",
  );

  return (
    { nights, suppositions }: Pick<MovedLines, "nights" | "suppositions">,
    { entities, ...places }: Places & { entities: ReadonlyMap<number, number> },
    { tally, conflict }: Counting,
  ): void => {
    const last = lastNight.get() ?? Number.NEGATIVE_INFINITY;
    for (const { at, undoneAt, report, changes, aliases } of nights) {
      if (nightAt.get(at) !== undefined && at <= last) {
        tally("nights", false);
        continue;
      }
      // Undoing takes back the last night, so none may come before one that is here.
      if (at <= last) {
        conflict(
          `The night of ${new Date(at).toISOString()} is older than one that is here; it cannot be undone here.`,
        );
        continue;
      }
      const night = addNight.run(at, undoneAt, keptReport(report)).lastInsertRowid;
      for (const { fact, ...change } of changes) {
        const seq = places.seqOf(fact);
        if (seq !== undefined) addChange.run({ night, seq, ...change });
      }
      for (const entity of aliases) {
        const id = entities.get(entity);
        if (id !== undefined) addAlias.run(night, id);
      }
      tally("nights", true);
    }
    for (const { for: pro, against, cited, shown, ...supposition } of suppositions) {
      // As when it is forgotten here: what nobody wrote may say what any of its facts says.
      if (supposition.by === "review" && [...pro, ...against].some((id) => places.isForgotten(id))) continue;
      const isNew = supposed.get(supposition.person, supposition.text) === undefined;
      tally("suppositions", isNew);
      if (!isNew) continue;
      const { lastInsertRowid } = suppose.run({ ...supposition, shown: shown && JSON.stringify(shown) });
      for (const [ids, speaks] of [
        [pro, "for"],
        [against, "against"],
      ] as const)
        for (const id of ids) {
          const seq = places.seqOf(id);
          if (seq !== undefined) link.run(lastInsertRowid, seq, speaks, cited.includes(id) ? 1 : 0);
        }
    }
  };
}
