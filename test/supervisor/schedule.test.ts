import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSchedule, follow, instantsBetween, localTime, readWords } from "../../shared/schedule/index.ts";
import { momentOf } from "../../shared/schedule/schedule.ts";
import { LATE_AFTER_MS, type MissedPolicy, planInstants } from "../../supervisor/schedule/missed.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 0, 5, 9);
const at = (iso: string) => Date.parse(iso);
const between = (cron: string, zone: string, from: string, until: string) =>
  instantsBetween(follow({ cron }, zone), at(from), at(until)).map((instant) =>
    new Date(instant).toISOString().slice(5, 16),
  );

describe("the nights when clocks change", () => {
  test.each([
    ["Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", "2026-03-30T12:00Z", ["03-29T01:00", "03-30T00:30"]],
    ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "2026-10-26T12:00Z", ["10-25T00:30", "10-26T01:30"]],
    ["America/New_York", "30 1 * * *", "2026-10-31T12:00Z", "2026-11-02T12:00Z", ["11-01T05:30", "11-02T06:30"]],
    ["America/Santiago", "0 0 * * *", "2026-09-05T12:00Z", "2026-09-07T12:00Z", ["09-06T04:00", "09-07T03:00"]],
  ])("in %s, %s comes once each night", (zone, cron, from, until, expected) => {
    expect(between(cron, zone, from, until)).toEqual(expected);
  });

  test("an interval keeps its length", () => {
    const instants = instantsBetween(
      follow({ everyMs: HOUR_MS }, "Europe/Berlin"),
      at("2026-03-28T23:30Z"),
      at("2026-03-29T04:30Z"),
    );
    expect(instants.map((instant, index) => instant - (instants[0] ?? 0) - index * HOUR_MS)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("a schedule that cannot be kept is refused with the reason", () => {
  test.each([
    [{ cron: "0 0 30 2 *" }, "UTC", "it never comes"],
    [{ cron: "61 * * * *" }, "UTC", "it cannot be read"],
    [{ cron: "* * * * * *" }, "UTC", "no cron expression of five fields"],
    [{ cron: "" }, "UTC", "no cron expression"],
    [{ everyMs: 5 }, "UTC", "at least one minute"],
    [{ everyMs: Number.NaN }, "UTC", "at least one minute"],
    [{ at: NOW - 1 }, "UTC", "it never comes"],
    [{ cron: "0 0 * * *" }, "Mars/Olympus", "no time zone"],
  ])("%j in %s", (schedule, zone, because) => {
    const checked = checkSchedule(schedule, zone, NOW);
    expect(checked.usable ? "" : checked.because).toContain(because);
  });
});

describe("instants that nobody was there for", () => {
  // Three days asleep, every six hours; the last one is due just now.
  const instants = Array.from({ length: 12 }, (_, n) => NOW - (11 - n) * 6 * HOUR_MS);
  const runs = (policy: MissedPolicy, due: readonly number[] = instants) =>
    planInstants({ instants: due, now: NOW + 1_000, policy, jitter: () => 0 })
      .filter(({ state }) => state === "waiting")
      .map(({ dueAt }) => (NOW - dueAt) / HOUR_MS);

  test("skip: only what is due now runs", () => expect(runs({ kind: "skip" })).toEqual([0]));
  test("once: one that is due now makes up for all", () => expect(runs({ kind: "once" })).toEqual([0]));
  test("once: the last makes up for all", () => expect(runs({ kind: "once" }, instants.slice(0, -1))).toEqual([6]));
  test("all, at most three: the newest, in order", () => expect(runs({ kind: "all", max: 3 })).toEqual([18, 12, 6, 0]));
  test("within five hours: too late", () =>
    expect(runs({ kind: "within", ms: 5 * HOUR_MS }, instants.slice(0, -1))).toEqual([]));
  test("within seven hours: in time", () =>
    expect(runs({ kind: "within", ms: 7 * HOUR_MS }, instants.slice(0, -1))).toEqual([6]));

  test("every instant gets one entry, whatever the policy; what is on time always runs", () => {
    const policies = fc.oneof<fc.Arbitrary<MissedPolicy>[]>(
      fc.constant<MissedPolicy>({ kind: "skip" }),
      fc.constant<MissedPolicy>({ kind: "once" }),
      fc.nat(5).map((max): MissedPolicy => ({ kind: "all", max })),
      fc.nat(10 * HOUR_MS).map((ms): MissedPolicy => ({ kind: "within", ms })),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(10 * DAY_MS), { maxLength: 40 }), policies, (ages, policy) => {
        const due = ages.map((age) => NOW - age).toSorted((a, b) => a - b);
        const planned = planInstants({ instants: due, now: NOW, policy, jitter: () => 7 });
        expect(planned.map(({ dueAt }) => dueAt)).toEqual(due);
        const late = planned.filter(({ dueAt }) => NOW - dueAt > LATE_AFTER_MS);
        expect(planned.filter((one) => !late.includes(one)).every(({ state }) => state === "waiting")).toBe(true);
        const most = policy.kind === "all" ? policy.max : policy.kind === "skip" ? 0 : 1;
        expect(late.filter(({ state }) => state === "waiting").length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe("words for a time", () => {
  test.each([
    ["every weekday 8:30 stretch", { cron: "30 8 * * 1-5" }],
    ["every day at 21:00 lights off", { cron: "0 21 * * *" }],
    ["every friday 16:00 report", { cron: "0 16 * * 5" }],
    ["weekends 9:15 sleep", { cron: "15 9 * * 6,0" }],
    ["every 2 hours drink", { everyMs: 2 * HOUR_MS }],
    ["in 20 minutes tea", { at: NOW + 20 * 60_000 }],
    ["cron 0 9 1 * * pay the rent", { cron: "0 9 1 * *" }],
    ["tomorrow 8:15 call back", { at: Date.UTC(2026, 0, 6, 8, 15) }],
    ["today at 23:00 lock up", { at: Date.UTC(2026, 0, 5, 23) }],
    ["2026-03-01 9:00 renew", { at: Date.UTC(2026, 2, 1, 9) }],
    ["on 2026-03-01T09:00 renew", { at: Date.UTC(2026, 2, 1, 9) }],
  ])("%s", (words, schedule) => {
    expect(readWords(words, "UTC", NOW)).toMatchObject({ understood: true, schedule });
  });

  test.each([
    ["tomorrow or so", "begin with when"],
    ["every day 25:00 x", "begin with when"],
    ["every day 8:30", "say after the time"],
    ["cron 0 0 31 2 * never", "it never comes"],
    ["every 0 minutes hurry", "at least one minute"],
    ["today 8:00 too late", "it never comes"],
    ["2026-13-40 9:00 x", "begin with when"],
    ["tomorrow 24:30 x", "begin with when"],
    ["", "begin with when"],
  ])("%s is refused", (words, because) => {
    const read = readWords(words, "UTC", NOW);
    expect(read.understood ? "" : read.because).toContain(because);
  });
});

test("a moment is the one that the clock on the wall of its zone shows, in summer, in winter and on the nights between", () => {
  const zones = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
    "UTC",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 365 * 24 * 4 }), (zone, quarter) => {
      const instant = Date.UTC(2026, 0, 1) + quarter * 15 * 60_000;
      const shown = localTime(instant, zone);
      const found = momentOf(`${shown.replace(" ", "T")}:00`, zone);
      // What the clock shows twice is either of the two.
      expect(found === undefined ? "" : localTime(found, zone)).toBe(shown);
      expect(Math.abs((found ?? 0) - instant)).toBeLessThanOrEqual(HOUR_MS);
    }),
  );
  expect(momentOf("2026-02-30x", "UTC")).toBeUndefined();
});

test("one shot comes once", () => {
  expect([NOW - 1, NOW].map(follow({ at: NOW }, "UTC"))).toEqual([NOW, undefined]);
});
