/** The full-text tables, which keep no text of their own: whether they find what is there, and how they are made again. */
import { telling } from "../../shared/memory/index.ts";
import type { Database } from "../../shared/sqlite/index.ts";

type FullText = {
  table: string;
  /** One row for each text: `rowid`, and `words` to make stems of. */
  rows: string;
  stems(words: string): string;
};

const FULL_TEXTS: readonly FullText[] = [
  {
    table: "facts_text",
    rows: "SELECT seq AS rowid, words FROM facts",
    stems: (words) => telling(words.split(" ")).join(" "),
  },
  {
    table: "shared_facts_text",
    rows: "SELECT seq AS rowid, digest AS words FROM shared_facts",
    stems: (words) => words,
  },
];

/** Why its full text cannot be trusted; undefined when it can, or when the file has none. */
export function unsearchable(db: Database): { table: string; because: string } | undefined {
  for (const { table, rows } of fullTextsIn(db)) {
    try {
      db.prepare(`SELECT rowid FROM ${table} WHERE ${table} MATCH ? LIMIT 1`).get("a");
      const count = (query: string) => db.prepare<[], number>(query).pluck().get() ?? 0;
      const unfound = count(`SELECT count(*) FROM (${rows}) WHERE rowid NOT IN (SELECT id FROM ${table}_docsize)`);
      if (unfound > 0) return { table, because: `${unfound} rows are not found by it` };
      const gone = count(`SELECT count(*) FROM ${table}_docsize WHERE id NOT IN (SELECT rowid FROM (${rows}))`);
      if (gone > 0) return { table, because: `it finds ${gone} rows that are not there` };
    } catch (error) {
      return { table, because: error instanceof Error ? error.message : String(error) };
    }
  }
  return undefined;
}

/** Makes every full text of this file anew; returns how many rows it finds now. */
export function makeFullText(db: Database): number {
  let found = 0;
  for (const { table, rows, stems } of fullTextsIn(db)) {
    const sql = db.prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE name = ?").pluck().get(table) ?? "";
    takeAway(db, table);
    db.exec(sql);
    const put = db.prepare<[number, string]>(`INSERT INTO ${table} (rowid, stems) VALUES (?, ?)`);
    for (const { rowid, words } of db.prepare<[], { rowid: number; words: string }>(rows).all()) {
      put.run(rowid, stems(words));
      found++;
    }
  }
  return found;
}

/** One whose own tables are damaged or gone cannot be dropped as a table; then its words are taken out of the schema. */
function takeAway(db: Database, table: string): void {
  try {
    db.exec(`DROP TABLE ${table}`);
  } catch {
    db.unsafeMode(true);
    db.pragma("writable_schema = ON");
    db.prepare("DELETE FROM sqlite_schema WHERE name = ?").run(table);
    db.pragma("writable_schema = RESET");
    db.unsafeMode(false);
    for (const own of ["data", "idx", "docsize", "config", "content"]) db.exec(`DROP TABLE IF EXISTS ${table}_${own}`);
  }
}

function fullTextsIn(db: Database): FullText[] {
  const has = db.prepare<[string], number>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").pluck();
  return FULL_TEXTS.filter(({ table }) => has.get(table) === 1);
}
