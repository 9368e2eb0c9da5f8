import { describe, expect, onTestFinished, test } from "vitest";
import { type Log, silentLog } from "../../shared/base/index.ts";
import { createVirtualClock } from "../../shared/simulation/clock.ts";
import type { Job } from "../../supervisor/jobs/index.ts";
import { schedule } from "../../supervisor/scheduler.ts";
import { openTestLedger } from "../doubles/ledger.ts";

const NINE = Date.UTC(2026, 0, 5, 9);
const MINUTE_MS = 60_000;

async function open(startMs = NINE) {
  const clock = createVirtualClock(startMs);
  const { ledger, close } = await openTestLedger(clock);
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  onTestFinished(async () => {
    stop.abort();
    await Promise.allSettled(running);
    close();
  });
  return {
    clock,
    ledger,
    start: (jobs: readonly Job[], log: Log = silentLog) =>
      void running.push(
        schedule({ ledger, jobs: async () => jobs, clock, log, timeZone: "UTC", lookEveryMs: MINUTE_MS }, stop.signal),
      ),
    history: async (job: string) => (await ledger.occurrences.history(job, 20)).reverse(),
    /** Lets so much time pass. */
    async pass(ms: number): Promise<void> {
      let passed = false;
      void clock.sleep(ms).then(() => (passed = true));
      await clock.run(() => passed);
    },
  };
}

function job(run: Job["run"], more: Partial<Job> = {}): Job {
  return {
    name: "water-plants",
    schedule: { cron: "*/10 * * * *" },
    purpose: "keeps them alive",
    timeoutMs: 1_000,
    run,
    ...more,
  };
}

describe("the timetable", () => {
  test("runs a job at each due instant, and writes what came of it", async () => {
    const { start, pass, history } = await open();
    const runs = ["two plants", "", "one plant"].values();
    start([
      job(async () => {
        const watered = runs.next().value ?? "";
        return { changed: watered !== "", summary: watered || "all are wet" };
      }),
    ]);
    await pass(35 * MINUTE_MS);
    expect(
      (await history("water-plants")).map(({ dueAt, state, because }) => [(dueAt - NINE) / MINUTE_MS, state, because]),
    ).toEqual([
      [10, "ran", "two plants"],
      [20, "skipped", "all are wet"],
      [30, "ran", "one plant"],
    ]);
  });

  test("runs each due instant once, also with two schedulers on one ledger", async () => {
    const { start, pass, history } = await open();
    let runs = 0;
    const water = job(async () => ({ changed: true, summary: `run ${++runs}` }));
    start([water]);
    start([water]);
    await pass(61 * MINUTE_MS);
    expect({ runs, rows: (await history("water-plants")).length }).toEqual({ runs: 6, rows: 6 });
  });

  test("a clock that jumps back runs no instant again", async () => {
    const { clock, start, pass, history } = await open();
    let runs = 0;
    start([job(async () => ({ changed: true, summary: `run ${++runs}` }))]);
    await pass(21 * MINUTE_MS);
    clock.jump(-15 * MINUTE_MS);
    await pass(26 * MINUTE_MS);
    expect({ runs, rows: (await history("water-plants")).length }).toEqual({ runs: 3, rows: 3 });
  });

  test("a job that fails has failed with its reason, and is run again next time", async () => {
    const { start, pass, history } = await open();
    let runs = 0;
    const logged: string[] = [];
    start(
      [
        job(async () => {
          if (++runs === 1) throw new Error("the can is empty");
          return { changed: true, summary: "wet" };
        }),
      ],
      { ...silentLog, error: (event) => void logged.push(event) },
    );
    await pass(25 * MINUTE_MS);
    expect((await history("water-plants")).map(({ state, because }) => `${state}: ${because}`)).toEqual([
      "failed: the can is empty",
      "ran: wet",
    ]);
    expect(logged).toEqual(["job failed"]);
  });

  test.each([
    {
      hangs: "until it is told to stop",
      run: (signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    },
    { hangs: "and does not hear", run: () => new Promise<never>(() => {}) },
  ])("a job that hangs $hangs has failed after its time, and keeps nobody else", async ({ run }) => {
    const { ledger, start, pass, history } = await open();
    let others = 0;
    start([
      job(run, { timeoutMs: 50 }),
      job(async () => ({ changed: true, summary: `run ${++others}` }), { name: "feed-cat" }),
    ]);
    await pass(11 * MINUTE_MS);
    await expect
      .poll(async () => (await ledger.occurrences.latest()).map(({ job: name, state }) => `${name} ${state}`))
      .toEqual(["feed-cat ran", "water-plants failed"]);
    expect((await history("water-plants"))[0]?.because).toBe("took longer than 0.05 s");
  });

  test("what a former supervisor left running has failed", async () => {
    const { ledger, start, pass, history } = await open();
    await ledger.occurrences.begin("water-plants", NINE - 10 * MINUTE_MS);
    start([]);
    await pass(3 * MINUTE_MS);
    expect(await history("water-plants")).toMatchObject([
      { state: "failed", because: "the supervisor ended while it ran" },
    ]);
  });
});
