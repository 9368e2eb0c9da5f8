import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../../shared/base/index.ts";
import { atomic, type Database, DatabaseBusy, DatabaseFull, openDatabase } from "../../../shared/sqlite/index.ts";
import { temporaryFolder } from "./folder.ts";

describe("one method, one step", () => {
  let db: Database;
  let other: Database;
  let writes: number;

  beforeEach(() => {
    const path = join(temporaryFolder(), "swarm.db");
    db = openDatabase(path, { durability: "off" });
    other = openDatabase(path, { durability: "off" });
    onTestFinished(() => {
      db.close();
      other.close();
    });
    db.exec("CREATE TABLE notes (text TEXT NOT NULL) STRICT");
    writes = 0;
  });

  const impatient: Clock = { now: () => 0, sleep: () => Promise.reject(new Error("nobody was to wait")) };
  const steps = (clock: Clock) => atomic(db, { clock, random: () => 0.5, onWrite: () => writes++ });
  const add = (clock: Clock) =>
    steps(clock).write((text: string) => db.prepare("INSERT INTO notes VALUES (?)").run(text).changes);
  const notes = () => other.prepare("SELECT text FROM notes").pluck().all();

  test("a write is committed and told of; a read is not told of", async () => {
    expect(await add(impatient)("milk")).toBe(1);
    const count = steps(impatient).read(() => db.prepare("SELECT count(*) FROM notes").pluck().get());
    expect(await count()).toBe(1);
    expect({ notes: notes(), writes }).toEqual({ notes: ["milk"], writes: 1 });
  });

  test("a light write waits for no disk and is told of to nobody; whatever comes next is as durable as ever", async () => {
    db.pragma("synchronous = FULL");
    const durability = () => db.pragma("synchronous", { simple: true });
    const beat = steps(impatient).writeLightly((text: string) => {
      db.prepare("INSERT INTO notes VALUES (?)").run(text);
      if (text === "stumble") throw new Error("missed");
      return durability();
    });
    expect(await beat("beat")).toBe(1);
    expect(durability()).toBe(2);
    await expect(beat("stumble")).rejects.toThrow("missed");
    expect({ durability: durability(), notes: notes(), writes }).toEqual({
      durability: 2,
      notes: ["beat"],
      writes: 0,
    });
  });

  test("a step that throws leaves nothing behind and is told of to nobody", async () => {
    const half = steps(impatient).write(() => {
      db.prepare("INSERT INTO notes VALUES ('half')").run();
      throw new Error("changed my mind");
    });
    await expect(half()).rejects.toThrow("changed my mind");
    expect({ notes: notes(), writes }).toEqual({ notes: [], writes: 0 });
  });

  test("a write waits for the lock of another connection while the event loop goes on", async () => {
    other.exec("BEGIN IMMEDIATE");
    let pauses = 0;
    // The holder commits in a turn of the event loop that it only gets if waiting does not block.
    const clock: Clock = {
      now: () => 0,
      sleep: () =>
        new Promise((resolve) =>
          setImmediate(() => {
            if (++pauses === 3) other.exec("COMMIT");
            resolve();
          }),
        ),
    };
    await add(clock)("patience");
    expect({ pauses, notes: notes() }).toEqual({ pauses: 3, notes: ["patience"] });
  });

  test("a write takes the lock before it reads, so what it read is still true when it writes", async () => {
    const check = steps(impatient).write(() => {
      expect(() => other.prepare("INSERT INTO notes VALUES ('between')").run()).toThrow("locked");
      return db.prepare("SELECT count(*) FROM notes").pluck().get();
    });
    expect(await check()).toBe(0);
  });

  test.each([
    { jump: "runs", ms: 1_000 },
    { jump: "jumps back", ms: -3_600_000 },
  ])("a lock that is never freed ends in DatabaseBusy, also when the clock $jump", async ({ ms }) => {
    other.exec("BEGIN IMMEDIATE");
    let now = 0;
    const clock: Clock = {
      now: () => now,
      async sleep() {
        now += ms;
      },
    };
    const busy = await add(clock)("never").catch((error: unknown) => error);
    expect(busy).toBeInstanceOf(DatabaseBusy);
    expect(busy).toHaveProperty(
      "message",
      expect.stringMatching(/stayed locked for 10 s\. See which process holds it with `kaos doctor`\.$/),
    );
    other.exec("COMMIT");
    expect(notes()).toEqual([]);
  });

  test("a full disk is a sentence, nothing of the step is written, and the same step works when there is room", async () => {
    const page = "x".repeat(20_000);
    db.pragma(`max_page_count = ${db.pragma("page_count", { simple: true })}`);
    const full = await add(impatient)(page).catch((error: unknown) => error);
    expect(full).toBeInstanceOf(DatabaseFull);
    expect(full).toHaveProperty(
      "message",
      expect.stringMatching(
        /^The disk that holds .*swarm\.db is full or failing\. Free some space; nothing was lost\.$/,
      ),
    );
    expect({ notes: notes(), writes }).toEqual({ notes: [], writes: 0 });
    db.pragma("max_page_count = 1000");
    await add(impatient)(page);
    expect(notes()).toEqual([page]);
  });
});
