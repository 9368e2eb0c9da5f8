import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../shared/base/index.ts";
import {
  DatabaseBusy,
  DatabaseFull,
  type Migration,
  migrate,
  openDatabase,
  SchemaMismatch,
} from "../../../shared/sqlite/index.ts";
import { startChild } from "../child.ts";
import { temporaryFolder } from "./folder.ts";

const people: Migration = { name: "0001-people", sql: "CREATE TABLE people (name TEXT NOT NULL) STRICT" };
const ages: Migration = { name: "0002-ages", sql: "ALTER TABLE people ADD COLUMN age INTEGER" };
const torn: Migration = {
  name: "0003-torn",
  sql: "CREATE TABLE pets (name TEXT) STRICT; CREATE TABLE people (again TEXT) STRICT",
};

function open() {
  const db = openDatabase(join(temporaryFolder(), "swarm.db"), { durability: "off" });
  onTestFinished(() => void db.close());
  const to = (...migrations: Migration[]) => migrate(db, { what: "The ledger", migrations, clock: systemClock });
  const names = (sql: string) => db.prepare(sql).pluck().all();
  return {
    to,
    applied: () => names("SELECT name FROM migrations ORDER BY name"),
    tables: () => names("SELECT name FROM sqlite_schema ORDER BY name"),
  };
}

describe("migrating", () => {
  test("applies what is missing, each step once", async () => {
    const { to, applied } = open();
    await to(people);
    await to(people, ages);
    await to(people, ages);
    expect(applied()).toEqual(["0001-people", "0002-ages"]);
  });

  test("refuses a file of a newer version with the next step, and changes nothing in it", async () => {
    const { to, applied } = open();
    await to(people, ages);
    const refusal = await to(people).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaMismatch);
    expect(refusal).toHaveProperty(
      "message",
      'The ledger was written by a newer version of KAOS (it has the step "0002-ages", this version knows up to "0001-people"). ' +
        "Nothing was changed. Update KAOS (`kaos upgrade` says how), or point --home at another folder.",
    );
    expect(applied()).toEqual(["0001-people", "0002-ages"]);
  });

  test("refuses a file whose steps have another history", async () => {
    const { to } = open();
    await to(people, { name: "0002-other", sql: "SELECT 1" });
    await expect(to(people, ages, torn)).rejects.toThrow(SchemaMismatch);
  });

  test("a step that fails leaves nothing of the whole migration behind", async () => {
    const { to, applied, tables } = open();
    await to(people);
    await expect(to(people, ages, torn)).rejects.toThrow("table people already exists");
    expect(applied()).toEqual(["0001-people"]);
    expect(tables()).not.toContain("pets");
  });

  test.each([1, -1])(
    "says who may hold the lock when nobody lets go of it, though the clock turns by %i h",
    async (hours) => {
      const path = join(temporaryFolder(), "swarm.db");
      const [db, holder] = [openDatabase(path, { durability: "off" }), openDatabase(path, { durability: "off" })];
      onTestFinished(() => {
        db.close();
        holder.close();
      });
      holder.exec("BEGIN IMMEDIATE");
      let now = 0;
      const clock = {
        now: () => now,
        async sleep() {
          now += hours * 3_600_000;
        },
      };
      const refusal = migrate(db, { what: "The ledger", migrations: [people], clock });
      await expect(refusal).rejects.toThrow(DatabaseBusy);
      await expect(refusal).rejects.toThrow("stayed locked for 15 s. See which process holds it with `kaos doctor`.");
    },
  );

  test("says that the disk is full", async () => {
    const db = openDatabase(join(temporaryFolder(), "swarm.db"), { durability: "off" });
    onTestFinished(() => void db.close());
    db.pragma("max_page_count = 2");
    const refusal = migrate(db, { what: "The ledger", migrations: [people, ages], clock: systemClock });
    await expect(refusal).rejects.toThrow(DatabaseFull);
  });

  test("three processes that start at once migrate once, and all go on", async () => {
    const path = join(temporaryFolder(), "swarm.db");
    const children = [1, 2, 3].map(() => startChild(new URL("migrate-child.ts", import.meta.url), path));
    for (const child of children) expect(await child.line()).toBe("waiting");
    for (const child of children) child.process.send("go");
    for (const child of children) expect(await child.end()).toEqual({ code: 0, lines: ["200000 rows"] });
  });
});
