/** What is wrong in one open database. */
import { messageOf } from "../../shared/base/index.ts";
import type { Database } from "../../shared/sqlite/index.ts";
import { brokenPromises } from "../backup/check-home.ts";
import type { Damage } from "./damage.ts";
import { unsearchable } from "./full-text.ts";
import { missingParts, type Part } from "./schema-parts.ts";

/** As `integrity_check` words an index that does not hold what its table holds. */
const ABOUT_AN_INDEX = /missing from index|wrong # of entries in index|non-unique entry in index/;

const ABOUT_FULL_TEXT = /fts5|inverted index/i;

/** `wanted` are the parts its schema should have. Changes nothing. The worst comes first; after a corrupt page nothing else is looked for. */
export function lookAtStore(db: Database, path: string, wanted: readonly Part[]): Damage[] {
  const found: Damage[] = [];
  const add = (kind: Damage["kind"], says: string, mends: string | undefined, stops = true) =>
    found.push({ path, kind, says, stops, ...(mends === undefined ? {} : { mends }) });
  try {
    const said = db.prepare<[], string>("PRAGMA integrity_check(20)").pluck().all();
    const about = said.filter((line) => line !== "ok");
    const worst = about.find((line) => !ABOUT_AN_INDEX.test(line) && !ABOUT_FULL_TEXT.test(line));
    if (worst !== undefined) {
      add(
        "corrupt",
        `${path} is damaged: ${worst.trim().split("\n").join("; ")}`,
        "brings every row that can be read into a new file",
      );
      return found;
    }
    const [index] = about.filter((line) => ABOUT_AN_INDEX.test(line));
    if (index !== undefined) add("stale index", `${path}: ${index}`, "makes the indexes anew");
    for (const { type, name, table } of missingParts(db, wanted))
      add(
        "missing part",
        `${path} lacks the ${type} ${name}${type === "table" ? ", and what stood in it" : ` of ${table}`}`,
        type === "table" ? "makes it anew, empty" : "makes it anew",
      );
    const strays = db.prepare<[], { table: string }>("PRAGMA foreign_key_check").all();
    for (const table of new Set(strays.map((stray) => stray.table))) {
      const count = strays.filter((stray) => stray.table === table).length;
      add(
        "stray rows",
        `${path}: ${count} of ${table} belong to something that is not there`,
        "writes them into a file beside and takes them out",
      );
    }
    const text = unsearchable(db);
    if (text !== undefined)
      add("unsearchable", `${path}: search by ${text.table} fails: ${text.because}`, "makes the full text anew");
    if (path === "swarm.db") for (const promise of brokenPromises(db)) add("broken promise", promise, undefined, false);
  } catch (error) {
    add("corrupt", `${path} is damaged: ${messageOf(error)}`, "brings every row that can be read into a new file");
  }
  return found;
}
