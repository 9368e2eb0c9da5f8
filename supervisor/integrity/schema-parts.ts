/** The parts that the schema of a store should have, from its own migrations. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../shared/base/index.ts";
import { type Database, type Migration, migrate, openDatabase } from "../../shared/sqlite/index.ts";

/** A table, index or trigger, with the words that make it. */
export type Part = { type: "table" | "index" | "trigger"; name: string; table: string; sql: string };

/** What a fresh file has after these steps; nothing is kept of it. */
export async function freshParts(migrations: readonly Migration[], clock: Clock): Promise<Part[]> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-schema-"));
  try {
    const db = openDatabase(join(folder, "fresh.db"), { durability: "off" });
    await migrate(db, { what: "a fresh file", migrations, clock });
    const parts = partsOf(db);
    db.close();
    return parts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tables first, for what stands on them comes after. What SQLite makes by itself has no words and is left out. */
export function partsOf(db: Database): Part[] {
  return db
    .prepare<[], Part>(`
      SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema
      WHERE sql IS NOT NULL AND type IN ('table', 'index', 'trigger') AND name NOT LIKE 'sqlite_%'
      ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid
    `)
    .all();
}

/** Parts that are not in this file. Tables that SQLite keeps for full text are part of that table. */
export function missingParts(db: Database, wanted: readonly Part[]): Part[] {
  const there = new Set(partsOf(db).map(({ type, name }) => `${type} ${name}`));
  const fullText = wanted.filter(({ sql }) => /^CREATE VIRTUAL TABLE/i.test(sql)).map(({ name }) => `${name}_`);
  return wanted.filter(
    ({ type, name }) => !there.has(`${type} ${name}`) && !fullText.some((prefix) => name.startsWith(prefix)),
  );
}
