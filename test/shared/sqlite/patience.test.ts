/** Weather over a database: what a process that waits for room or for a lock does, says, and does not do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, type Log, silentLog } from "../../../shared/base/index.ts";
import {
  atomic,
  createPatience,
  type Database,
  DatabaseFull,
  isWeather,
  openDatabase,
  type Patience,
} from "../../../shared/sqlite/index.ts";

const PAGES_MAX = 4_294_967_294;
const PAGE = "x".repeat(20_000);

let folder: string;
let db: Database;
let other: Database;
let stopping: AbortController;
/** What is done while a step waits: each entry once, before the next try. */
let meanwhile: (() => void)[];
let waits: number[];
let told: string[];
let patience: Patience;

/** Time that passes at once; whoever sleeps lets the next thing happen. */
const clock: Clock = {
  now: () => waits.reduce((sum, ms) => sum + ms, 0),
  async sleep(ms) {
    waits.push(ms);
    if (waits.length % LOOKS_PER_ENTRY === 0) meanwhile.shift()?.();
  },
};
const LOOKS_PER_ENTRY = 3;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-patience-"));
  db = openDatabase(join(folder, "notes.db"), { durability: "off" });
  db.pragma("busy_timeout = 0");
  db.exec("CREATE TABLE notes (text TEXT NOT NULL) STRICT");
  other = openDatabase(join(folder, "notes.db"), { durability: "off" });
  [stopping, meanwhile, waits, told] = [new AbortController(), [], [], []];
  const log: Log = {
    ...silentLog,
    error: (event, fields) => void told.push(`${event}: ${String(fields?.["because"])}`),
    info: (event) => void told.push(event),
  };
  patience = createPatience({ clock, log, signal: stopping.signal });
});

afterEach(() => {
  other.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = () => {
  const insert = db.prepare("INSERT INTO notes VALUES (?)");
  return atomic(db, { clock, random: () => 0, patience }).write((text: string) => void insert.run(text));
};
const notes = () => db.prepare<[], string>("SELECT text FROM notes").pluck().all();
const fill = () => void db.pragma("max_page_count = 1");
const free = () => void db.pragma(`max_page_count = ${PAGES_MAX}`);

describe("a step on a full disk", () => {
  test("waits until there is room, and is taken exactly once", async () => {
    fill();
    meanwhile = [() => expect(notes()).toEqual([]), free];
    await add()(PAGE);
    expect(notes()).toEqual([PAGE]);
  });

  test("is tried again soon, and never later than after two seconds", async () => {
    fill();
    meanwhile = [() => {}, () => {}, free];
    await add()(PAGE);
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(Math.max(...waits)).toBe(2_000);
  });

  test("says once what is wrong and what to do, however many wait, and once that it is over", async () => {
    fill();
    meanwhile = [() => expect(patience.waitsFor()).toMatch(/is full or failing/), free];
    const step = add();
    await Promise.all([step(PAGE), step(PAGE), step(PAGE)]);
    expect(told).toEqual([
      expect.stringMatching(
        /^waits: The disk that holds .*notes\.db is full or failing\. Free some space; nothing was lost\. This process stays up and goes on by itself\.$/,
      ),
      "goes on",
    ]);
    expect(patience.waitsFor()).toBeUndefined();
    expect(notes()).toHaveLength(3);
  });

  test("is given up when the process is to stop, with nothing of it written", async () => {
    fill();
    meanwhile = [() => stopping.abort()];
    const refusal = await add()(PAGE).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseFull);
    free();
    expect(notes()).toEqual([]);
    expect(told.at(-1)).toBe("goes on");
  });

  test("wakes those who wait for its change when it is taken, and not before", async () => {
    let woken = 0;
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    const steps = atomic(db, { clock, random: () => 0, patience, onWrite: () => woken++ });
    fill();
    meanwhile = [() => expect(woken).toBe(0), free];
    await steps.write((text: string) => void insert.run(text))(PAGE);
    expect(woken).toBe(1);
  });
});

describe("a step at a lock that is kept beyond all limits", () => {
  test("waits on, and is taken when the lock is free", async () => {
    other.exec("BEGIN IMMEDIATE");
    const held = () => expect(patience.waitsFor()).toMatch(/stayed locked for 10 s\. See which process holds it/);
    const longWaits: Clock = { now: clock.now, sleep: (ms, signal) => clock.sleep(Math.max(ms, 4_000), signal) };
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    meanwhile = [() => {}, held, () => other.exec("COMMIT")];
    const step = atomic(db, { clock: longWaits, random: () => 0, patience });
    await step.write((text: string) => void insert.run(text))("at last");
    expect(notes()).toEqual(["at last"]);
  });
});

describe("what is no weather", () => {
  test("is not waited for: a mistake of ours rejects at once, on a full disk as well", async () => {
    const broken = atomic(db, { clock, random: () => 0, patience }).write(() => {
      throw new TypeError("no such thing");
    });
    await expect(broken()).rejects.toThrow("no such thing");
    expect({ waits, told }).toEqual({ waits: [], told: [] });
  });

  test.each([
    { code: "SQLITE_FULL", is: true },
    { code: "SQLITE_IOERR_WRITE", is: true },
    { code: "SQLITE_BUSY_SNAPSHOT", is: true },
    { code: "ENOSPC", is: true },
    { code: "SQLITE_IOERR_CORRUPTFS", is: false },
    { code: "SQLITE_CORRUPT", is: false },
    { code: "SQLITE_NOTADB", is: false },
    { code: "SQLITE_CONSTRAINT", is: false },
    { code: "EACCES", is: false },
  ])("$code is weather: $is, also as the cause of something", ({ code, is }) => {
    const error = Object.assign(new Error("as SQLite or the system says it"), { code });
    expect(isWeather(error)).toBe(is);
    expect(isWeather(new Error("in our words", { cause: error }))).toBe(is);
  });
});
