/** How many rows each table has, before and after: an upgrade loses none. */
import { join } from "node:path";
import { openDatabase } from "../../shared/sqlite/index.ts";
import type { Store } from "./stores.ts";

/** Rows by "file table". */
export type RowCounts = ReadonlyMap<string, number>;

/** Counts ordinary tables; those that SQLite keeps for full text are made from them. */
export function countRows(folder: string, stores: readonly Store[]): RowCounts {
  const counts = new Map<string, number>();
  for (const { path } of stores) {
    const db = openDatabase(join(folder, path), { durability: "normal", readonly: true });
    try {
      const tables = db
        .prepare<[], string>("SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all();
      for (const table of tables) {
        const rows = db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
        counts.set(`${path} ${table}`, rows);
      }
    } finally {
      db.close();
    }
  }
  return counts;
}

/** What is fewer than it was, each as a sentence. A table that had no rows may go. */
export function lostRows(before: RowCounts, after: RowCounts): string[] {
  return [...before].flatMap(([table, rows]) => {
    const left = after.get(table) ?? 0;
    return left < rows ? [`${table} had ${rows} rows and has ${left}`] : [];
  });
}
