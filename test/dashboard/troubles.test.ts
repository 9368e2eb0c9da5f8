/** Stores that are locked, torn, gone or of another version: the page says so in a sentence, everything else lives, and it is over when the trouble is. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { views } from "../../dashboard/views/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { type Database, openDatabase } from "../../shared/sqlite/index.ts";
import { said } from "../doubles/ledger.ts";
import { arrive, member, openTestHome, type ShiftedClock, shiftedClock, type TestHome } from "./home.ts";
import { workForDays } from "./long-work.ts";
import { work } from "./work.ts";

const STACK = /\bat \S+ \(|node:internal|\.[tj]s:\d+/;
const PATHS = views.map(({ path }) => path);

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
/** Set while a test lets the time of waiting pass at once. */
let hurry = false;

beforeEach(async () => {
  hurry = false;
  home = await openTestHome({ clock: hurrying(shiftedClock()) });
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

/** A clock whose sleeps are over at once when nobody wants to wait, and have taken their time all the same. */
function hurrying(clock: ShiftedClock): ShiftedClock {
  return {
    ...clock,
    async sleep(ms, signal) {
      if (!hurry) return clock.sleep(ms, signal);
      clock.tick(ms * 20);
      await clock.sleep(1, signal);
    },
  };
}

async function read(path: string): Promise<{ status: number; text: string }> {
  const answer = await person.get(path);
  const page = await answer.text();
  expect(page, path).not.toMatch(STACK);
  return { status: answer.status, text: page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
}

/** Every view still leads to all others. */
function leads(text: string): void {
  for (const { title } of views) expect(text).toContain(title);
}

/** A second process, as far as SQLite can tell. */
function other(): Database {
  return openDatabase(home.files.ledger, { durability: "off" });
}

describe("a ledger that another process holds", () => {
  test("is read as always, what is to be written waits its turn, and is not lost", async () => {
    const holder = other();
    holder.exec("BEGIN EXCLUSIVE");
    for (const path of PATHS) expect((await read(path)).status, path).toBe(200);
    let answered = false;
    const writing = person.post("/room/messages", { csrf: person.csrf, text: "after the lock" }).finally(() => {
      answered = true;
    });
    expect((await read("/room")).text).not.toContain("after the lock");
    expect(answered, "it waits").toBe(false);
    holder.exec("COMMIT");
    expect((await writing).status).toBe(303);
    expect((await read("/room")).text).toContain("after the lock");
    holder.close();
  });

  test("for far too long is told to whoever writes, with what to do, and nothing is written", async () => {
    const holder = other();
    holder.exec("BEGIN EXCLUSIVE");
    hurry = true;
    const answer = await person.post("/room/messages", { csrf: person.csrf, text: "never" });
    hurry = false;
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/stayed locked for 10 s\. See which process holds it with `kaos doctor`/);
    holder.exec("COMMIT");
    expect((await read("/room")).text).not.toContain("never");
    holder.close();
  });
});

test("a ledger that lacks a table takes down the view of it alone, and is well again when the table is", async () => {
  const surgeon = other();
  surgeon.exec("ALTER TABLE plan_events RENAME TO gone_events; ALTER TABLE plans RENAME TO gone_plans");
  const broken = await read("/plans");
  expect(broken.status).toBe(503);
  expect(broken.text).toMatch(/This view cannot be shown now .*`kaos doctor` finds out why/);
  leads(broken.text);
  for (const path of PATHS.filter((one) => one !== "/plans")) expect((await read(path)).status, path).toBe(200);
  expect((await read("/")).text, "what waits is told without the plans").toMatch(/Waits for you A store of this home/);
  surgeon.exec("ALTER TABLE gone_plans RENAME TO plans; ALTER TABLE gone_events RENAME TO plan_events");
  expect((await read("/plans")).status).toBe(200);
  surgeon.close();
});

test("every file of an agent may be torn: each view says whose cannot be read, and shows the others", async () => {
  await work(home);
  await workForDays(home);
  const { audit, database, turns, skills } = home.files.agent("kronos");
  for (const file of [audit.replace(".jsonl", ".index.db"), database, turns, skills.learning]) {
    mkdirSync(dirname(file), { recursive: true });
    for (const side of ["-wal", "-shm"]) rmSync(file + side, { force: true });
    writeFileSync(file, "this is no database, and never was");
  }
  writeFileSync(audit, "");
  for (const path of PATHS) {
    const { status, text } = await read(path);
    expect(status, `${path}: ${text}`).toBe(200);
    leads(text);
  }
  expect((await read("/turns")).text).toMatch(/The turns of kronos cannot be read: /);
  expect((await read("/audit")).text).toMatch(/The log of kronos cannot be read: .* keystone /);
  expect((await read("/approvals")).text, "calls can still be decided").toMatch(/write-file .* Allow this call/);
  expect((await read("/memory?agent=kronos")).text).toMatch(/kronos.*(database|cannot|not)/);
});

test("a ledger that is missing, torn or newer is refused in a sentence before anything listens", async () => {
  const clock = shiftedClock();
  const path = `${home.files.folder}/elsewhere/swarm.db`;
  mkdirSync(dirname(path));
  writeFileSync(path, "SQLite format 3\0 and then nothing of the kind".repeat(200));
  await expect(openLedger({ path, clock })).rejects.toThrow(/Cannot open the database .*kaos doctor/);
  rmSync(path);
  const fresh = await openLedger({ path, clock });
  fresh.close();
  expect(existsSync(path), "a missing one is begun").toBe(true);
  const newer = openDatabase(path, { durability: "off" });
  newer.exec("INSERT INTO migrations (name, applied_at) VALUES ('9999-from-tomorrow', 1)");
  newer.close();
  await expect(openLedger({ path, clock })).rejects.toThrow(/written by a newer version of KAOS.*kaos upgrade/);
});

test("a ledger whose pages are torn while it is open is told on each page that reads them, and the process lives", async () => {
  await home.ledger.messages.record(said("still there?", { saidAt: home.clock.now() }));
  const surgeon = other();
  surgeon.unsafeMode();
  const version = Number(surgeon.pragma("schema_version", { simple: true }));
  // With another version, whoever has the file open looks at it anew.
  surgeon.exec(`
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND rootpage > 0 LIMIT 1)
    WHERE name = 'messages';
    PRAGMA schema_version = ${version + 1};
  `);
  surgeon.close();
  for (const path of PATHS) {
    const { status, text } = await read(path);
    expect([200, 503], path).toContain(status);
    if (status === 503) expect(text, path).toMatch(/kaos doctor/);
    if (["/room", "/swarm"].includes(path)) expect(status, path).toBe(503);
  }
  expect((await fetch(`${home.url}/healthz`)).status).toBe(200);
});
