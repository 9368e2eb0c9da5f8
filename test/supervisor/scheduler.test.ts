import { describe, expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../shared/base/index.ts";
import { createVirtualClock } from "../../shared/simulation/clock.ts";
import type { Job } from "../../supervisor/jobs/index.ts";
import { schedule, type Timing } from "../../supervisor/scheduler.ts";
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
    start: (jobs: readonly Job[], more: Partial<Timing> = {}) => {
      const given = { ledger, jobs: async () => jobs, clock, log: silentLog, timeZone: () => "UTC" };
      running.push(schedule({ ...given, lookEveryMs: MINUTE_MS, ...more }, stop.signal));
    },
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
      { log: { ...silentLog, error: (event) => void logged.push(event) } },
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

  test("a job paused over a restart misses its instants, and runs again when it is resumed", async () => {
    const { ledger, start, pass, history } = await open();
    await ledger.controls.pause({ scope: "job", name: "water-plants", by: "you", until: null });
    start([job(async () => ({ changed: true, summary: "wet" }))]);
    await pass(15 * MINUTE_MS);
    await ledger.controls.resume("job", "water-plants");
    await pass(10 * MINUTE_MS);
    expect((await history("water-plants")).map(({ state, because }) => `${state}: ${because}`)).toEqual([
      "missed: the job is paused by you",
      "ran: wet",
    ]);
  });

  test("what a person asks for runs at once, also while it is paused; a dry run says so and tells nobody", async () => {
    const { ledger, start, pass } = await open();
    await ledger.controls.pause({ scope: "job", name: "water-plants", by: "you", until: null });
    const asked: boolean[] = [];
    start([
      job(async (_signal, { dryRun }) => {
        asked.push(dryRun);
        return { changed: true, summary: "two plants", items: [{ title: "two plants" }] };
      }),
    ]);
    const [dry, real] = [
      await ledger.occurrences.ask("water-plants", "dry", "you"),
      await ledger.occurrences.ask("water-plants", "run", "you"),
    ];
    await pass(2 * MINUTE_MS);
    expect(asked).toEqual([true, false]);
    expect(await ledger.occurrences.get("water-plants", dry)).toMatchObject({
      state: "skipped",
      because: "dry run: two plants",
    });
    expect(await ledger.occurrences.get("water-plants", real)).toMatchObject({ state: "ran" });
  });

  test("a job that lacks something is blocked with what to set, never a success", async () => {
    const { start, pass, history } = await open();
    start([
      job(async () => Promise.reject(new Error("it must not run")), {
        needs: [{ what: "a can", missing: () => "CAN_URL" }],
      }),
    ]);
    await pass(11 * MINUTE_MS);
    expect(await history("water-plants")).toMatchObject([{ state: "blocked", because: "blocked: set CAN_URL" }]);
  });

  test("a failed try is made again after its time, over a restart too", async () => {
    const { start, pass, history, clock } = await open();
    const tries: number[] = [];
    start([
      job(
        async () => {
          tries.push((clock.now() - NINE) / MINUTE_MS);
          if (tries.length < 3) throw new Error("dry");
          return { changed: true, summary: "wet" };
        },
        { schedule: { cron: "10 9 * * *" }, retries: { max: 2, firstMs: 5 * MINUTE_MS } },
      ),
    ]);
    await pass(60 * MINUTE_MS);
    expect(tries.map(Math.round)).toEqual([10, 15, 25]);
    expect(await history("water-plants")).toMatchObject([{ state: "ran", attempts: 3 }]);
  });

  test("after three failures one alert and a rest; with the first success one notice of it", async () => {
    const { ledger, clock, start, pass, history } = await open();
    let works = false;
    const told: string[] = [];
    start(
      [
        job(async () => {
          if (!works) throw new Error("no water");
          return { changed: true, summary: "wet" };
        }),
      ],
      { deliver: async (_job, { items = [] }) => void told.push(...items.map(({ title }) => title)) },
    );
    await pass(65 * MINUTE_MS);
    works = true;
    await pass(120 * MINUTE_MS);
    expect(told).toEqual(["water-plants has failed 3 times in a row", "water-plants works again"]);
    expect((await history("water-plants")).some(({ because }) => because.startsWith("left alone for a while"))).toBe(
      true,
    );
    expect(await ledger.jobs.standing("water-plants")).toMatchObject({ failures: 0, alerted: false });
    expect(clock.now()).toBeGreaterThan(NINE);
  });

  test("jobs of one lane never run beside each other", async () => {
    const { clock, start, pass, history } = await open();
    let beside = 0;
    let most = 0;
    const slow = (name: string) =>
      job(
        async (signal) => {
          most = Math.max(most, ++beside);
          await clock.sleep(3 * MINUTE_MS, signal);
          beside--;
          return { changed: true, summary: "done" };
        },
        { name, lane: "tap", timeoutMs: 60 * MINUTE_MS, schedule: { cron: "10 9 * * *" } },
      );
    start([slow("water-plants"), slow("fill-bath"), slow("wash-car")]);
    await pass(30 * MINUTE_MS);
    expect(most).toBe(1);
    for (const name of ["water-plants", "fill-bath", "wash-car"])
      expect(await history(name)).toMatchObject([{ state: "ran" }]);
  });

  test("after three days asleep each instant has its end, and one run makes up for them", async () => {
    const { clock, start, pass, history } = await open();
    let runs = 0;
    start([
      job(async () => ({ changed: true, summary: `run ${++runs}` }), {
        schedule: { cron: "0 */6 * * *" },
        missed: { kind: "once" },
      }),
    ]);
    await pass(60 * MINUTE_MS);
    clock.jump(3 * 24 * 60 * MINUTE_MS);
    await pass(60 * MINUTE_MS);
    const rows = await history("water-plants");
    expect(rows).toHaveLength(12);
    expect(runs).toBe(1);
    expect(rows.filter(({ state }) => state === "missed")).toHaveLength(11);
  });
});

describe("a timetable that changes", () => {
  const watered: Job["run"] = async () => ({ changed: true, summary: "wet" });
  const minutesOf = (rows: readonly { dueAt: number; state: string }[]) =>
    rows.map(({ dueAt, state }) => [(dueAt - NINE) / MINUTE_MS, state]);

  test("one moment that has come, taken away and added again under its name, comes again", async () => {
    const { ledger, start, pass, history } = await open();
    const jobs: Job[] = [];
    const once = async (minute: number) => {
      await ledger.jobs.add("water-plants", "{}");
      jobs.push(job(watered, { schedule: { at: NINE + minute * MINUTE_MS } }));
    };
    await once(10);
    start(jobs);
    await pass(15 * MINUTE_MS);
    jobs.length = 0;
    await ledger.jobs.remove("water-plants");
    await pass(5 * MINUTE_MS);
    await once(30);
    await pass(15 * MINUTE_MS);
    // Between two looks as well.
    jobs.length = 0;
    await ledger.jobs.remove("water-plants");
    await once(36);
    await pass(5 * MINUTE_MS);
    expect(minutesOf(await history("water-plants"))).toEqual([
      [10, "ran"],
      [30, "ran"],
      [36, "ran"],
    ]);
  });

  test("a changed schedule is followed from its change on: an earlier time in time, one that is over not before tomorrow", async () => {
    const { start, pass, history } = await open();
    const jobs = [job(watered, { schedule: { cron: "0 12 * * *" } })];
    start(jobs);
    await pass(5 * MINUTE_MS);
    jobs[0] = job(watered, { schedule: { cron: "20 9 * * *" } });
    await pass(25 * MINUTE_MS);
    jobs[0] = job(watered, { schedule: { cron: "15 9 * * *" } });
    await pass(24 * 60 * MINUTE_MS);
    expect(minutesOf(await history("water-plants"))).toEqual([
      [20, "ran"],
      [24 * 60 + 15, "ran"],
    ]);
  });

  test("another zone of the installation is followed without a restart", async () => {
    const { start, pass, history } = await open();
    let zone = "UTC";
    start([job(watered, { schedule: { cron: "30 10 * * *" } })], { timeZone: () => zone });
    await pass(5 * MINUTE_MS);
    zone = "Europe/Berlin";
    await pass(2 * 60 * MINUTE_MS);
    expect(minutesOf(await history("water-plants"))).toEqual([[30, "ran"]]);
  });

  test("nobody looks more often for a job that is gone", async () => {
    const { start, pass } = await open();
    const jobs = [job(watered)];
    let looks = 0;
    const look = async () => {
      looks++;
      return jobs;
    };
    start([], { jobs: look, lookEveryMs: 2_000 });
    await pass(5 * MINUTE_MS);
    jobs.length = 0;
    await pass(10 * MINUTE_MS);
    looks = 0;
    await pass(60 * MINUTE_MS);
    expect(looks).toBeLessThan(200);
  });
});
