/** Mends one database: on a copy, checked there, and only then put in its place; the damaged file is kept. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, messageOf } from "../../shared/base/index.ts";
import { type Database, openDatabase } from "../../shared/sqlite/index.ts";
import type { Store } from "../upgrade/stores.ts";
import type { Damage, Mended } from "./damage.ts";
import { makeFullText } from "./full-text.ts";
import { lookAtStore } from "./look-at-store.ts";
import { salvage } from "./salvage.ts";
import { missingParts, type Part } from "./schema-parts.ts";

type Mending = {
  folder: string;
  store: Store;
  wanted: readonly Part[];
  damages: readonly Damage[];
  /** Where damaged files are kept. */
  kept: string;
  clock: Clock;
};

/** A row that was taken out may have been what others stood on. */
const ROUNDS_MAX = 10;

/** Nothing may have the file open. What is worse than before is not put in place. */
export async function mendStore({ folder, store, wanted, damages, kept, clock }: Mending): Promise<Mended> {
  const { path } = store;
  const file = join(folder, path);
  const keptFile = join(kept, path);
  const copy = `${file}.mending`;
  mkdirSync(dirname(keptFile), { recursive: true, mode: 0o700 });
  for (const side of ["", "-wal"]) {
    if (!existsSync(`${file}${side}`)) continue;
    copyFileSync(`${file}${side}`, `${keptFile}${side}`);
    copyFileSync(`${file}${side}`, `${copy}${side}`);
  }
  const did: string[] = [];
  try {
    if (damages.some(({ kind }) => kind === "torn log"))
      did.push("kept what was written whole, and let the torn end go");
    if (damages.some(({ kind }) => kind === "corrupt")) {
      const fresh = `${copy}.fresh`;
      const { rows, lost } = await salvage(copy, fresh, store.migrations, clock).catch((error: unknown) => {
        remove(fresh);
        throw error;
      });
      remove(copy);
      renameSync(fresh, copy);
      did.push(`brought ${rows} rows into a new file`, ...lost);
    }
    const left = withDatabase(copy, (db) => {
      did.push(
        ...mendParts(db, wanted),
        ...mendIndexes(db, damages),
        ...takeOutStrays(db, keptFile),
        ...mendText(db, damages),
      );
      const after = lookAtStore(db, path, wanted);
      db.pragma("wal_checkpoint(TRUNCATE)");
      return after;
    });
    if (left.some(({ kind }) => kind === "corrupt")) throw new Error(`the copy is still damaged: ${left[0]?.says}`);
    putInPlace(copy, file);
    return { path, did, kept: keptFile, left: left.map(({ says }) => says) };
  } catch (error) {
    remove(copy);
    return { path, did: [], kept: undefined, left: [`it cannot be mended: ${messageOf(error)}`] };
  }
}

/** In this order a kill leaves the old file or the new one, and never the log of the one beside the other. */
function putInPlace(copy: string, file: string): void {
  try {
    withDatabase(file, (db) => db.pragma("wal_checkpoint(TRUNCATE)"));
  } catch {
    // It is damaged: what of its log could be read is in the copy.
  }
  for (const side of ["-wal", "-shm"]) rmSync(`${file}${side}`, { force: true });
  for (const side of ["-wal", "-shm"]) rmSync(`${copy}${side}`, { force: true });
  renameSync(copy, file);
}

function remove(file: string): void {
  for (const side of ["", "-wal", "-shm"]) rmSync(`${file}${side}`, { force: true });
}

function mendParts(db: Database, wanted: readonly Part[]): string[] {
  return missingParts(db, wanted).map(({ type, name, sql }) => {
    try {
      db.exec(sql);
      return `made the ${type} ${name} anew`;
    } catch (error) {
      return `could not make the ${type} ${name}: ${messageOf(error)}`;
    }
  });
}

function mendIndexes(db: Database, damages: readonly Damage[]): string[] {
  if (!damages.some(({ kind }) => kind === "stale index")) return [];
  db.exec("REINDEX");
  return ["made the indexes anew"];
}

/** What points to nothing can be asked about by nobody; it is written down before it goes. */
function takeOutStrays(db: Database, keptFile: string): string[] {
  const taken = new Map<string, number>();
  const lines: string[] = [];
  db.pragma("foreign_keys = OFF");
  db.transaction(() => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const strays = db.prepare<[], { table: string; rowid: number | null }>("PRAGMA foreign_key_check").all();
      if (strays.length === 0) break;
      for (const { table, rowid } of new Map(
        strays.map((stray) => [`${stray.table} ${stray.rowid}`, stray]),
      ).values()) {
        if (rowid === null) continue;
        const row = db.prepare<[number], object>(`SELECT * FROM "${table}" WHERE rowid = ?`).get(rowid);
        lines.push(
          JSON.stringify({ table, row }, (_, value: unknown) =>
            value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
          ),
        );
        db.prepare<[number]>(`DELETE FROM "${table}" WHERE rowid = ?`).run(rowid);
        taken.set(table, (taken.get(table) ?? 0) + 1);
      }
      takeOutByKey(
        db,
        strays.filter(({ rowid }) => rowid === null).map(({ table }) => table),
        lines,
        taken,
      );
    }
  })();
  db.pragma("foreign_keys = ON");
  if (lines.length === 0) return [];
  writeFileSync(`${keptFile}.strays.jsonl`, `${lines.join("\n")}\n`, { mode: 0o600 });
  return [...taken].map(
    ([table, count]) =>
      `took ${count} of ${table} out that belonged to nothing; they stand in ${keptFile}.strays.jsonl`,
  );
}

/** Tables without a rowid tell no row: what their foreign keys do not find is looked for. */
function takeOutByKey(db: Database, tables: readonly string[], lines: string[], taken: Map<string, number>): void {
  type Key = { table: string; from: string; to: string | null };
  for (const table of new Set(tables)) {
    for (const key of db
      .prepare<[string], Key>('SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)')
      .all(table)) {
      const to =
        key.to ??
        db.prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk = 1").pluck().get(key.table);
      const stray = `"${key.from}" IS NOT NULL AND "${key.from}" NOT IN (SELECT "${to}" FROM "${key.table}")`;
      for (const row of db.prepare<[], object>(`SELECT * FROM "${table}" WHERE ${stray}`).all())
        lines.push(JSON.stringify({ table, row }));
      const { changes } = db.prepare(`DELETE FROM "${table}" WHERE ${stray}`).run();
      if (changes > 0) taken.set(table, (taken.get(table) ?? 0) + changes);
    }
  }
}

function mendText(db: Database, damages: readonly Damage[]): string[] {
  // Rows that were taken out were found by full text.
  if (!damages.some(({ kind }) => kind === "unsearchable" || kind === "stray rows" || kind === "missing part"))
    return [];
  const rows = makeFullText(db);
  return damages.some(({ kind }) => kind === "unsearchable") ? [`made the full text of ${rows} rows anew`] : [];
}

function withDatabase<Result>(path: string, work: (db: Database) => Result): Result {
  const db = openDatabase(path, { durability: "full" });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
