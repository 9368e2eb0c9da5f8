import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { forecast } from "../../../shared/ledger/index.ts";
import { openTestLedger, reservedIn, standingClock } from "../../doubles/ledger.ts";
import { startChild } from "../child.ts";

const HOUR_MS = 3_600_000;
const caps = { dayUsd: 5, sessionUsd: 1, agentDayUsd: 0 };
const ask = { agent: "kronos", purpose: "answer", room: "", worstUsd: 1 };
const expense = {
  agent: "kronos",
  purpose: "answer",
  message: null,
  by: "x/y",
  inputTokens: 1,
  cachedTokens: 0,
  outputTokens: 1,
};

test("a call is refused when spend and reservations leave no room for its worst case, with the numbers and the hour", async () => {
  const { ledger, close } = await openTestLedger();
  for (let call = 0; call < 5; call++) expect((await ledger.spend.reserve(ask, caps)).reserved).toBe(true);
  expect(await ledger.spend.reserve({ ...ask, worstUsd: 0.01 }, caps)).toEqual({
    reserved: false,
    because:
      "this call may cost $0.0100, and of the swarm's day $5.00 of $5.00 are spent or set aside; there is room again by 2026-01-06 00:00 UTC",
    roomAgainAt: Date.UTC(2026, 0, 6),
  });
  close();
});

test("what a call did not cost is free again, and what it did cost stays counted until it is booked and after", async () => {
  const { ledger, path, close } = await openTestLedger();
  const first = await ledger.spend.reserve({ ...ask, worstUsd: 5 }, caps);
  if (!first.reserved) throw new Error(first.because);
  await ledger.spend.settle(first.id, 2);
  expect(reservedIn(path)).toBe(2);
  expect((await ledger.spend.reserve({ ...ask, worstUsd: 3.01 }, caps)).reserved).toBe(false);
  await ledger.spend.add({ ...expense, costUsd: 2, reservations: [first.id] });
  expect(reservedIn(path)).toBe(0);
  expect((await ledger.spend.reserve({ ...ask, worstUsd: 3.01 }, caps)).reserved).toBe(false);
  expect((await ledger.spend.reserve({ ...ask, worstUsd: 3 }, caps)).reserved).toBe(true);
  close();
});

test("from 80 % of a cap on it says to be sparing", async () => {
  const { ledger, close } = await openTestLedger();
  expect(await ledger.spend.reserve({ ...ask, worstUsd: 3.9 }, caps)).toMatchObject({ sparing: false });
  expect(await ledger.spend.reserve({ ...ask, worstUsd: 0.1 }, caps)).toMatchObject({ sparing: true });
  close();
});

test("a session is the last hours of a room, an agent has a slice of the day, and the next day is new", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  const inRoom = { ...ask, room: "local", worstUsd: 0.6 };
  expect((await ledger.spend.reserve(inRoom, caps)).reserved).toBe(true);
  expect(await ledger.spend.reserve(inRoom, caps)).toMatchObject({
    reserved: false,
    because: expect.stringContaining("this session"),
  });
  expect((await ledger.spend.reserve({ ...inRoom, room: "other" }, caps)).reserved).toBe(true);
  clock.tick(6 * HOUR_MS + 1);
  expect((await ledger.spend.reserve(inRoom, caps)).reserved).toBe(true);

  const slice = { ...caps, agentDayUsd: 2 };
  expect(await ledger.spend.reserve({ ...ask, worstUsd: 0.3 }, slice)).toMatchObject({
    because: expect.stringContaining("kronos's day"),
  });
  expect((await ledger.spend.reserve({ ...ask, agent: "nexus", worstUsd: 0.3 }, slice)).reserved).toBe(true);
  clock.tick(24 * HOUR_MS);
  expect((await ledger.spend.reserve({ ...ask, worstUsd: 1.9 }, slice)).reserved).toBe(true);
  close();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a worst case that is no number is refused: %s", async (worstUsd) => {
  const { ledger, close } = await openTestLedger();
  expect((await ledger.spend.reserve({ ...ask, worstUsd }, caps)).reserved).toBe(false);
  close();
});

test("I6: six processes race a cap of $5, and at no commit is it exceeded", async () => {
  const { ledger, path, close } = await openTestLedger();
  const db = new Sqlite(path);
  noteTheHighest(db);
  const children = Array.from({ length: 6 }, (_, process) =>
    startChild(new URL("./racer.ts", import.meta.url), path, `agent${process}`),
  );
  for (const child of children) expect(await child.line()).toBe("ready");
  for (const child of children) child.process.send("go");
  const ends = await Promise.all(children.map((child) => child.end()));
  expect(ends.map(({ lines }) => lines.at(-1))).toEqual(ends.map(() => "nothing fits any more"));
  const { usd, commits } = db.prepare<[], { usd: number; commits: number }>("SELECT * FROM highest").get() ?? {
    usd: 0,
    commits: 0,
  };
  db.close();
  expect(usd).toBeLessThanOrEqual(5 + 1e-9);
  expect(commits).toBeGreaterThan(100);
  // They ended because nothing fitted any more, so the cap is nearly used up. A call that failed counts at its worst.
  const spent = (await ledger.spend.since(0)).reduce((sum, { costUsd }) => sum + costUsd, 0);
  expect(spent + reservedIn(path)).toBeGreaterThan(4.5);
  close();
});

/**
 * Looks at the end of every transaction that moves money: each ends with a change of the reservations. Booking adds to what is
 * spent first, and takes the reservation away last.
 */
function noteTheHighest(db: Sqlite.Database): void {
  db.exec("CREATE TABLE highest (usd REAL NOT NULL, commits INTEGER NOT NULL); INSERT INTO highest VALUES (0, 0)");
  for (const change of ["INSERT", "UPDATE", "DELETE"])
    db.exec(`
      CREATE TRIGGER highest_after_${change} AFTER ${change} ON reservations BEGIN
        UPDATE highest SET commits = commits + 1, usd = max(usd,
          (SELECT coalesce(sum(cost_usd), 0) FROM spend) + (SELECT coalesce(sum(usd), 0) FROM reservations));
      END
    `);
}

test("the forecast says when the rate of the last hour reaches the cap, if it is today", () => {
  const noon = Date.UTC(2026, 0, 5, 12);
  expect(forecast({ todayUsd: 3, lastHourUsd: 0.5 }, 5, noon)).toBe(noon + 4 * HOUR_MS);
  expect(forecast({ todayUsd: 1, lastHourUsd: 0.1 }, 5, noon)).toBeUndefined();
  expect(forecast({ todayUsd: 1, lastHourUsd: 0 }, 5, noon)).toBeUndefined();
});
