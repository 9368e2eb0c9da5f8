/** What the processes ask of the ledger again and again, they ask through an index: a table of months costs no more than one of a day. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { preparedBy } from "../../../bench/swarm/statements.ts";
import { openDatabase } from "../../../shared/sqlite/index.ts";

/** Tables that grow with every message, job and day. */
const GROWING = "messages|claims|outcomes|events|spend|outbox|assignments|occurrences|approvals|deliveries";
/** Asked by a person, once a day or when something old is deleted: the last so many rows, a report, cleaning up. */
const SELDOM = [/LIMIT \?$/, /@since AND \S+ < @until/, /^UPDATE (?:approvals|deliveries) SET \w+ = NULL/];

test("no growing table is read from end to end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-by-index-"));
  const path = join(folder, "swarm.db");
  const prepared = (await preparedBy(path)).map((sql) => sql.trim());
  const db = openDatabase(path, { durability: "off" });
  const asking = prepared.filter(
    (sql) => /^(SELECT|UPDATE|WITH)\b/.test(sql) && !SELDOM.some((seldom) => seldom.test(sql)),
  );
  // An index of some rows may be read from end to end, one of all rows is as long as its table.
  const some = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'")
    .pluck()
    .all()
    .join("|");
  const whole = new RegExp(`^SCAN (?:${GROWING})\\b(?!.*USING (?:COVERING )?INDEX (?:${some})\\b)`);
  const reading = asking.filter((sql) => {
    const values = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name = ""]) => [name, null]));
    const places = Array.from({ length: sql.match(/\?/g)?.length ?? 0 }, () => null);
    const steps = db
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes("@") ? [values] : places));
    return steps.some(({ detail }) => whole.test(detail));
  });
  db.close();
  rmSync(folder, { recursive: true, force: true });
  expect(asking.length).toBeGreaterThan(100);
  expect(reading).toEqual([]);
});
