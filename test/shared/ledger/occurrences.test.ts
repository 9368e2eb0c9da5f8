import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

describe("each due instant once", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let path: string;
  let close: () => void;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, path, close } = await openTestLedger(clock));
  });
  afterEach(() => close());

  test("two who begin the same instant: one of them may", async () => {
    const other = await openLedger({ path, clock, durability: "off" });
    const begun = await Promise.all([ledger, other].map(({ occurrences }) => occurrences.begin("tend-ledger", 600)));
    other.close();
    expect(begun.toSorted()).toEqual([false, true]);
    expect(await ledger.occurrences.begin("tend-ledger", 1_200)).toBe(true);
    expect(await ledger.occurrences.begin("rotate-logs", 600)).toBe(true);
  });

  test("how it ended is written once", async () => {
    await ledger.occurrences.begin("tend-ledger", 600);
    clock.tick(7);
    await ledger.occurrences.finish("tend-ledger", 600, "ran", "two rows deleted");
    await ledger.occurrences.finish("tend-ledger", 600, "failed", "too late");
    expect(await ledger.occurrences.history("tend-ledger", 5)).toEqual([
      {
        job: "tend-ledger",
        dueAt: 600,
        state: "ran",
        because: "two rows deleted",
        startedAt: clock.now() - 7,
        endedAt: clock.now(),
      },
    ]);
  });

  test("what was running when the supervisor ended has failed", async () => {
    await ledger.occurrences.begin("tend-ledger", 600);
    expect(await ledger.occurrences.closeInterrupted()).toBe(1);
    expect(await ledger.occurrences.latest()).toMatchObject([
      { state: "failed", because: "the supervisor ended while it ran" },
    ]);
  });

  test("old ones are deleted, what runs stays", async () => {
    for (const dueAt of [1, 2, 3]) await ledger.occurrences.begin("tend-ledger", dueAt);
    for (const dueAt of [1, 3]) await ledger.occurrences.finish("tend-ledger", dueAt, "skipped", "nothing to do");
    expect(await ledger.occurrences.prune(3)).toBe(1);
    expect((await ledger.occurrences.history("tend-ledger", 5)).map(({ dueAt }) => dueAt)).toEqual([3, 2]);
  });
});
