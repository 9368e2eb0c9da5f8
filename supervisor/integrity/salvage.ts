/** Brings the rows of a damaged file into a new one, as far as they can be read. */
import { type Clock, messageOf } from "../../shared/base/index.ts";
import { type Database, type Migration, migrate, openDatabase } from "../../shared/sqlite/index.ts";
import { makeFullText } from "./full-text.ts";

export type Salvaged = {
  rows: number;
  /** Tables of which not all could be read, each as a sentence. */
  lost: readonly string[];
};

/** Pages are linked from both ends: what stands behind a broken one is read backwards. */
const ORDERS = ["ASC", "DESC"] as const;

/** Makes `to` with the whole schema. Throws what SQLite throws when `from` is no database at all. */
export async function salvage(
  from: string,
  to: string,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<Salvaged> {
  const source = openDatabase(from, { durability: "off", readonly: true });
  const target = openDatabase(to, { durability: "normal" });
  try {
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    await migrate(target, { what: to, migrations, clock });
    target.pragma("foreign_keys = OFF");
    const lost: string[] = [];
    let rows = 0;
    target.transaction(() => {
      for (const table of ordinaryTables(target)) {
        const brought = bringRows(source, target, table);
        rows += brought.rows;
        if (brought.because !== undefined) lost.push(`not all of ${table} could be read: ${brought.because}`);
      }
      makeFullText(target);
    })();
    return { rows, lost };
  } finally {
    target.close();
    source.close();
  }
}

function ordinaryTables(db: Database): string[] {
  return db
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations' AND schema = 'main'",
    )
    .pluck()
    .all();
}

function bringRows(source: Database, target: Database, table: string): { rows: number; because?: string } {
  const columnsIn = (db: Database) =>
    db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
  let rows = 0;
  let because: string | undefined;
  try {
    const there = new Set(columnsIn(source));
    const columns = columnsIn(target).filter((column) => there.has(column));
    if (columns.length === 0) return { rows: 0, because: "it is not there" };
    const listed = columns.map((column) => `"${column}"`).join(", ");
    // A fresh file has rows of its own where a counter begins.
    target.exec(`DELETE FROM "${table}"`);
    const put = target.prepare(
      `INSERT OR IGNORE INTO "${table}" (${listed}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    for (const order of ORDERS) {
      try {
        for (const row of source
          .prepare<[], unknown[]>(`SELECT ${listed} FROM "${table}" ORDER BY ${keyOf(source, table)} ${order}`)
          .raw()
          .iterate())
          rows += put.run(...row).changes;
        if (order === "ASC") return { rows };
      } catch (error) {
        because ??= messageOf(error);
      }
    }
  } catch (error) {
    because ??= messageOf(error);
  }
  return { rows, ...(because === undefined ? {} : { because }) };
}

/** By which a table is read in the order of its pages. */
function keyOf(db: Database, table: string): string {
  const without = db.prepare<[string], number>("SELECT wr FROM pragma_table_list WHERE name = ?").pluck().get(table);
  if (without !== 1) return "rowid";
  return db.prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk = 1").pluck().get(table) ?? "1";
}
