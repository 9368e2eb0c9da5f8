import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DatabaseUnusable, openDatabase } from "../../../shared/sqlite/index.ts";
import { temporaryFolder } from "./folder.ts";

test("a new database is made with its folder, for its owner's eyes alone", () => {
  const path = join(temporaryFolder(), "data", "swarm.db");
  const db = openDatabase(path, { durability: "full" });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect([db.pragma("journal_mode", { simple: true }), db.pragma("foreign_keys", { simple: true })]).toEqual([
    "wal",
    1,
  ]);
  db.close();
});

test.each([
  { durability: "full", pragma: 2 },
  { durability: "normal", pragma: 1 },
] as const)("durability $durability is what the connection has", ({ durability, pragma }) => {
  const db = openDatabase(join(temporaryFolder(), "swarm.db"), { durability });
  expect(db.pragma("synchronous", { simple: true })).toBe(pragma);
  db.close();
});

test("reading what is not there yet says how to make it", () => {
  const open = () => openDatabase(join(temporaryFolder(), "swarm.db"), { durability: "full", readonly: true });
  expect(open).toThrow(DatabaseUnusable);
  expect(open).toThrow(/There is no database at .*swarm\.db yet\. Start the swarm once with `kaos up`/);
});

test("a file that is no database is refused and stays as it is", () => {
  const path = join(temporaryFolder(), "swarm.db");
  writeFileSync(path, "Dear diary, ".repeat(100));
  expect(() => openDatabase(path, { durability: "full" })).toThrow(/Cannot open the database .*not a database/);
  expect(statSync(path).size).toBe(1_200);
});
