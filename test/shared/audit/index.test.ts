/** The index beside a log: it finds every line, whatever failed or ended meanwhile, and stands in nobody's way. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAudit, verifyAudit } from "../../../shared/audit/index.ts";
import { openDatabase } from "../../../shared/sqlite/index.ts";
import { ask, openLog, write, writeLong } from "./log.ts";

let folder: string;
let path: string;
let failures: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-audit-"));
  path = join(folder, "tool_calls.jsonl");
  failures = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const index = () => join(folder, "tool_calls.index.db");
const open = (limits?: Parameters<typeof openLog>[1]) =>
  openLog(path, { onIndexFailure: (error) => failures.push(error), ...limits });
const numbers = () => readAudit(path, {}, 20_000).map(({ seq }) => seq);
const allOf = (lines: number) => Array.from({ length: lines }, (_, line) => lines - line);

function loseIndex(): void {
  for (const name of readdirSync(folder).filter((file) => file.includes("index"))) rmSync(join(folder, name));
}

/** From now on SQLite itself refuses it, until somebody lets it again. */
function refuse(act: "INSERT" | "DELETE"): () => void {
  change(`CREATE TRIGGER refuse BEFORE ${act} ON entries BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  return () => change("DROP TRIGGER refuse");
}

function change(sql: string): void {
  const db = openDatabase(index(), { durability: "normal" });
  db.exec(sql);
  db.close();
}

test("finds lines by tool, class and turn, newest first and page by page, over all files", async () => {
  await writeLong(path);
  const failed = readAudit(path, { class: "failed" }, 10);
  expect(failed.map(({ call }) => call)).toEqual(["c30", "c20", "c10"]);
  expect(readAudit(path, { class: "failed", before: failed[0]?.seq ?? 0 }, 1).map(({ call }) => call)).toEqual(["c20"]);
  expect(readAudit(path, { turn: "turn-c7" }, 10)).toMatchObject([
    { event: "tool_result", result: "result of c7" },
    { event: "tool_call", decision: { allow: true } },
  ]);
  expect(readAudit(path, { tool: "nothing" }, 10)).toEqual([]);
  expect(readAudit(join(folder, "none.jsonl"), {}, 10)).toEqual([]);
});

test("that is lost is made again, while the agent goes on and sets files aside", async () => {
  await writeLong(path);
  loseIndex();
  const audit = open({ fileBytesMax: 2_000 });
  for (let call = 32; call <= 40; call++) await write(audit, `c${call}`);
  await expect.poll(numbers).toEqual(allOf(80));
  audit.close();
});

test("whose making again was broken off goes on with it at the next start", async () => {
  await writeLong(path);
  loseIndex();
  const first = open();
  await write(first, "after");
  first.close();
  const second = open();
  await expect.poll(numbers).toEqual(allOf(64));
  second.close();
});

test("knows the last line also when a crash took the end of it, the newline", async () => {
  const first = open();
  await write(first, "a");
  first.close();
  truncateSync(path, statSync(path).size - 1);
  loseIndex();
  const second = open();
  await expect.poll(numbers).toEqual([2, 1]);
  await write(second, "b");
  second.close();
  expect(numbers()).toEqual([4, 3, 2, 1]);
});

test("that could not be written for a moment has no hole", async () => {
  const audit = open();
  await write(audit, "a");
  await expect.poll(numbers).toEqual(allOf(2));
  const letAgain = refuse("INSERT");
  await write(audit, "b");
  await expect.poll(() => failures).toMatchObject([{ message: "no room" }]);
  letAgain();
  await write(audit, "c");
  audit.close();
  expect(numbers()).toEqual(allOf(6));
});

test("that cannot be written for long keeps so many lines in memory, and has them all after the next start", async () => {
  const first = open();
  const letAgain = refuse("INSERT");
  for (let call = 1; call <= 2_600; call++) await write(first, `c${call}`);
  expect(failures.at(-1)).toMatchObject({ message: expect.stringContaining("5000 lines behind") });
  first.close();
  letAgain();
  const second = open();
  await expect.poll(numbers).toEqual(allOf(5_200));
  second.close();
});

test("that cannot be opened stops no call", async () => {
  writeFileSync(index(), "this is no database");
  const audit = open();
  await write(audit, "c1");
  audit.close();
  expect(failures.length).toBeGreaterThan(0);
  rmSync(index());
  expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 2 });
});

test("that cannot forget the lines of a file that goes stops no call either", async () => {
  const audit = open({ fileBytesMax: 1_000, keptBytesMax: 2_000 });
  await write(audit, "c1");
  await expect.poll(numbers).toEqual(allOf(2));
  const letAgain = refuse("DELETE");
  for (let call = 2; call <= 10; call++) await write(audit, `c${call}`);
  expect(failures[0]).toMatchObject({ message: "no room" });
  letAgain();
  for (let call = 11; call <= 20; call++) await write(audit, `c${call}`);
  audit.close();
  expect(existsSync(join(folder, "tool_calls.000001.jsonl"))).toBe(false);
  const check = await verifyAudit(path);
  expect(numbers()).toHaveLength(check.ok ? check.lines : 0);
});

test("does not take for a cut what a loss of power took from the log, and finds one of lines that were forced", async () => {
  const audit = open();
  await write(audit, "a");
  const before = statSync(path).size;
  await ask(audit, "acting", "local");
  const forced = statSync(path).size;
  await write(audit, "b");
  await expect.poll(numbers).toEqual(allOf(5));
  /** The home as the disk has it: so much of the log, and all of the index. */
  const left = (bytes: number): string => {
    const elsewhere = join(folder, `at-${bytes}`);
    rmSync(elsewhere, { recursive: true, force: true });
    mkdirSync(elsewhere);
    for (const name of ["tool_calls.jsonl", "tool_calls.index.db", "tool_calls.index.db-wal"])
      copyFileSync(join(folder, name), join(elsewhere, name));
    truncateSync(join(elsewhere, "tool_calls.jsonl"), bytes);
    return join(elsewhere, "tool_calls.jsonl");
  };
  await expect.poll(async () => (await verifyAudit(left(before))).ok).toBe(false);
  const safe = left(forced);
  audit.close();
  expect(await verifyAudit(safe)).toMatchObject({ ok: true, lines: 3 });
  const again = openLog(safe);
  await write(again, "later");
  again.close();
  expect(await verifyAudit(safe)).toMatchObject({ ok: true, lines: 5 });
  expect(readAudit(safe, {}, 10).map(({ call }) => call)).toEqual(["later", "later", "acting", "a", "a"]);
});
