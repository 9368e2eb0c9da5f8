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
    expect(await ledger.occurrences.begin("tend-ledger", 1_200), "one lane, one run").toBe(false);
    await ledger.occurrences.finish("tend-ledger", 600, "ran", "done");
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
        asked: "",
        attempts: 1,
        startedAt: clock.now() - 7,
        endedAt: clock.now(),
      },
    ]);
  });

  test("what was running when the supervisor ended has failed once its lease is over, and is not run again", async () => {
    await ledger.occurrences.begin("tend-ledger", 600, { owner: "first" });
    expect(await ledger.occurrences.closeInterrupted("second")).toEqual([]);
    clock.tick(60_001);
    expect(await ledger.occurrences.closeInterrupted("first"), "its own").toEqual([]);
    expect(await ledger.occurrences.closeInterrupted("second")).toMatchObject([{ job: "tend-ledger", dueAt: 600 }]);
    expect(await ledger.occurrences.begin("tend-ledger", 600)).toBe(false);
    expect(await ledger.occurrences.latest()).toMatchObject([
      { state: "failed", because: "the supervisor ended while it ran" },
    ]);
  });

  test("of a job that finds what it has done, what was interrupted waits, and is begun again", async () => {
    await ledger.occurrences.begin("sleep-compute", 600, { owner: "first" });
    clock.tick(60_001);
    expect(await ledger.occurrences.closeInterrupted("second", ["sleep-compute"])).toEqual([]);
    expect(await ledger.occurrences.startable()).toMatchObject([{ job: "sleep-compute", dueAt: 600, attempts: 1 }]);
    expect(await ledger.occurrences.begin("sleep-compute", 600, { owner: "second" })).toBe(true);
  });

  test("old ones are deleted, what runs stays", async () => {
    for (const dueAt of [1, 3, 2]) {
      await ledger.occurrences.begin("tend-ledger", dueAt);
      if (dueAt !== 2) await ledger.occurrences.finish("tend-ledger", dueAt, "skipped", "nothing to do");
    }
    expect(await ledger.occurrences.prune(3)).toBe(1);
    expect((await ledger.occurrences.history("tend-ledger", 5)).map(({ dueAt }) => dueAt)).toEqual([3, 2]);
  });

  test("instants are planned in one step, by whoever comes first; the same instant never twice", async () => {
    const waiting = (dueAt: number) => ({ dueAt, state: "waiting", startAt: dueAt }) as const;
    expect(await ledger.occurrences.plan("tend-ledger", { from: undefined, to: 20 }, [waiting(10), waiting(20)])).toBe(
      true,
    );
    expect(await ledger.occurrences.plan("tend-ledger", { from: undefined, to: 30 }, [waiting(30)])).toBe(false);
    const missed = { dueAt: 10, state: "missed", because: "late" } as const;
    expect(await ledger.occurrences.plan("tend-ledger", { from: 20, to: 30 }, [missed, waiting(30)])).toBe(true);
    expect((await ledger.occurrences.history("tend-ledger", 9)).map(({ dueAt, state }) => `${dueAt} ${state}`)).toEqual(
      ["30 waiting", "20 waiting", "10 waiting"],
    );
    expect(await ledger.occurrences.plannedTo("tend-ledger")).toBe(30);
  });
});
