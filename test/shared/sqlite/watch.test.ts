import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../../shared/base/index.ts";
import { type Bell, type Database, openDatabase, type Watch, watchDatabase } from "../../../shared/sqlite/index.ts";
import { startChild } from "../child.ts";
import { temporaryFolder } from "./folder.ts";

/** Nobody is woken by time: only a change ends a wait. */
const endless: Clock = {
  now: () => 0,
  sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener("abort", reject)),
};
const { signal } = new AbortController();

/** A bell that rings when the test says so. */
function toyBell() {
  let onRing: (() => void) | undefined;
  let count = 0;
  const begun = Promise.withResolvers<void>();
  const bell: Bell = {
    ring: () => void count++,
    hear(listener) {
      onRing = listener;
      begun.resolve();
    },
    heard: () => onRing !== undefined,
    deafen() {
      onRing = undefined;
    },
  };
  return { bell, listening: () => begun.promise, ring: () => onRing?.(), rung: () => count };
}

describe("watching a database", () => {
  let path: string;
  let db: Database;
  let watch: Watch;

  beforeEach(() => {
    path = join(temporaryFolder(), "swarm.db");
    db = openDatabase(path, { durability: "off" });
    db.exec("CREATE TABLE notes (text TEXT NOT NULL) STRICT");
    watch = watchDatabase(db, endless);
    onTestFinished(() => {
      watch.close();
      db.close();
    });
  });

  test("a commit of another process wakes who waits within a second, each time", async () => {
    const child = startChild(new URL("watch-child.ts", import.meta.url), path);
    expect(await child.line()).toBe("ready");
    for (let round = 1; round <= 5; round++) {
      const woken = watch.past(watch.version(), { signal, atMostMs: 60_000 }).then(() => Date.now());
      child.process.send("write");
      const committedAt = Number(await child.line());
      expect((await woken) - committedAt).toBeLessThan(1_000);
    }
    child.process.disconnect();
    await child.end();
    expect(db.prepare("SELECT count(*) FROM notes").pluck().get()).toBe(5);
  });

  test("a commit that leaves the tide where it was wakes nobody", async () => {
    db.exec("CREATE TABLE tide (level INTEGER NOT NULL) STRICT; INSERT INTO tide VALUES (0)");
    const level = db.prepare<[], number>("SELECT level FROM tide").pluck();
    const selective = watchDatabase(db, endless, { tide: () => level.get() });
    const other = openDatabase(path, { durability: "off" });
    onTestFinished(() => {
      selective.close();
      other.close();
    });
    const before = selective.version();
    const everything = watch.past(watch.version(), { signal, atMostMs: 60_000 });
    other.exec("INSERT INTO notes VALUES ('quiet')");
    await everything;
    const heard = selective.past(before, { signal, atMostMs: 60_000 });
    expect(selective.version()).toBe(before);
    other.exec("UPDATE tide SET level = level + 1");
    await heard;
    expect(selective.version()).toBe(before + 1);
  });

  test("one's own write is told of once: a quiet commit of somebody else after it wakes nobody", async () => {
    db.exec("CREATE TABLE tide (level INTEGER NOT NULL) STRICT; INSERT INTO tide VALUES (0)");
    const level = db.prepare<[], number>("SELECT level FROM tide").pluck();
    const selective = watchDatabase(db, endless, { tide: () => level.get() });
    const other = openDatabase(path, { durability: "off" });
    onTestFinished(() => {
      selective.close();
      other.close();
    });
    db.exec("UPDATE tide SET level = level + 1");
    selective.touch();
    const told = selective.version();
    // When the second is noticed by one, the other has looked at the first.
    for (const text of ["quiet", "quiet again"]) {
      const everything = watch.past(watch.version(), { signal, atMostMs: 60_000 });
      other.exec(`INSERT INTO notes VALUES ('${text}')`);
      await everything;
    }
    expect(selective.version()).toBe(told);
  });

  test("who rests is woken by the bell of whoever wrote, and listens no more while there is something going on", async () => {
    const { bell, listening, ring } = toyBell();
    const resting = watchDatabase(db, endless, { bell, looksUntilRest: 1 });
    const other = openDatabase(path, { durability: "off" });
    onTestFinished(() => {
      resting.close();
      other.close();
    });
    await listening();
    const before = resting.version();
    ring();
    expect(resting.version()).toBe(before);
    other.exec("INSERT INTO notes VALUES ('news')");
    ring();
    expect(resting.version()).toBe(before + 1);
    other.exec("INSERT INTO notes VALUES ('more news')");
    ring();
    expect(resting.version()).toBe(before + 1);
    await resting.past(before + 1, { signal, atMostMs: 60_000 });
  });

  test("writing rings, but not at each write: who heard it looks by himself for a while", () => {
    const { bell, rung } = toyBell();
    const busy = watchDatabase(db, endless, { bell });
    onTestFinished(() => busy.close());
    for (let i = 0; i < 100; i++) busy.touch();
    expect(rung()).toBe(1);
  });

  test("one's own write wakes everybody who waits at once", async () => {
    const woken = [1, 2, 3].map(() => watch.past(watch.version(), { signal, atMostMs: 60_000 }));
    watch.touch();
    await Promise.all(woken);
  });

  test("a change between looking and waiting is not missed", async () => {
    const seen = watch.version();
    watch.touch();
    await watch.past(seen, { signal, atMostMs: 60_000 });
  });

  test("a wait ends at its limit, and when told to stop", async () => {
    const limited = watchDatabase(db, { now: () => 0, sleep: async () => {} });
    onTestFinished(() => limited.close());
    await limited.past(limited.version(), { signal, atMostMs: 5 });
    const stop = new AbortController();
    const stopped = watch.past(watch.version(), { signal: stop.signal, atMostMs: 60_000 });
    stop.abort();
    await stopped;
    await watch.past(watch.version(), { signal: stop.signal, atMostMs: 60_000 });
  });

  test("closing lets nobody wait for ever", async () => {
    const woken = watch.past(watch.version(), { signal, atMostMs: 60_000 });
    watch.close();
    await woken;
  });
});
