import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { openLedger } from "../../../shared/ledger/index.ts";
import { SchemaMismatch } from "../../../shared/sqlite/index.ts";
import { openTestLedger, standingClock } from "../../doubles/ledger.ts";

test("the migrations together make this schema", async () => {
  const { path, close } = await openTestLedger();
  const db = new Sqlite(path, { readonly: true });
  const made = db
    .prepare<[], string>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .pluck()
    .all();
  db.close();
  close();
  await expect(`${made.join(";\n\n")};\n`).toMatchFileSnapshot("schema.sql");
});

test("a ledger that a newer version wrote is refused with the next step", async () => {
  const { path, ledger, close } = await openTestLedger();
  ledger.close();
  const db = new Sqlite(path);
  db.exec("INSERT INTO migrations (name, applied_at) VALUES ('0999-teleport', 0)");
  db.close();
  const refusal = await openLedger({ path, clock: standingClock() }).catch((error: unknown) => error);
  close();
  expect(refusal).toBeInstanceOf(SchemaMismatch);
  expect(refusal).toHaveProperty(
    "message",
    expect.stringMatching(/^The ledger .* was written by a newer version of KAOS .*0999-teleport.* Update KAOS/),
  );
});
