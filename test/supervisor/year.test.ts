import { expect, onTestFinished, test } from "vitest";
import { type Clock, type Random, seeded, silentLog } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { follow, instantsBetween } from "../../shared/schedule/index.ts";
import { createVirtualClock } from "../../shared/simulation/clock.ts";
import type { Job } from "../../supervisor/jobs/index.ts";
import { createMinds, type Minds } from "../../supervisor/minds.ts";
import { schedule } from "../../supervisor/scheduler.ts";
import { card, openTestLedger } from "../doubles/ledger.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 1);
const END = START + 365 * DAY_MS;
const ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];

/** In each zone a job at a time that clock changes leave out or repeat, one twice a day, and one that needs an agent's mind. */
function timetable(ran: Map<string, number>, random: Random, clock: Clock, minds: Minds): Job[] {
  return ZONES.flatMap((timeZone, index) => {
    const job = (name: string, cron: string, more: Partial<Job>): Job => ({
      name: `${name} ${timeZone}`,
      schedule: { cron },
      timeZone,
      purpose: "is counted",
      timeoutMs: 10 * 60_000,
      ...more,
      async run(signal, { dueAt }) {
        const key = `${name} ${timeZone} ${dueAt}`;
        ran.set(key, (ran.get(key) ?? 0) + 1);
        await clock.sleep(random() * 60_000, signal);
        if (random() < 0.02) throw new Error("it rained");
        return { changed: random() < 0.5, summary: "counted" };
      },
    });
    return [
      job("nightly", "30 2 * * *", {
        missed: [{ kind: "once" }, { kind: "skip" }][index % 2] as Job["missed"] & object,
      }),
      job("midnight", "0 0 * * *", { missed: { kind: "within", ms: 6 * HOUR_MS }, jitterMs: 10 * 60_000 }),
      job("often", "15 */12 * * *", { missed: { kind: "all", max: 3 }, lane: "shared lane" }),
      {
        name: `thoughtful ${timeZone}`,
        schedule: { cron: "30 2 * * *" },
        timeZone,
        purpose: "is thought about",
        timeoutMs: 4 * HOUR_MS,
        missed: { kind: "once" },
        goesOn: true,
        run: (signal, run) =>
          minds.ask({ job: `thoughtful ${timeZone}`, agents: ["kronos"], withinMs: 2 * HOUR_MS }, run, signal),
      },
    ];
  });
}

/** An agent that does what it is given, now and then fails, and now and then dies over it. */
async function think(ledger: Ledger, clock: Clock, random: Random, done: Map<string, number>, over: () => boolean) {
  while (!over()) {
    await ledger.agents.arrive(card("kronos"), 1);
    await ledger.assignments.recover("kronos");
    for (let alive = true; alive && !over(); ) {
      const seen = ledger.changes.version();
      const taken = await ledger.assignments.take("kronos");
      if (taken === undefined) {
        await ledger.changes.past(seen, { signal: new AbortController().signal, atMostMs: DAY_MS });
        continue;
      }
      await clock.sleep(random() * 20_000);
      const luck = random();
      if (luck < 0.1) await ledger.assignments.fail(taken.id, taken.fence, "it rained");
      else if (luck < 0.15) alive = false;
      else {
        const result = JSON.stringify({ changed: random() < 0.5, summary: "thought about" });
        const handed = await ledger.assignments.finish(taken.id, taken.fence, { result, because: "thought about" });
        if (handed.held) done.set(taken.key, (done.get(taken.key) ?? 0) + 1);
      }
    }
    await clock.sleep(random() * 20 * 60_000);
  }
}

/** A ledger that a killed process no longer reaches: nothing it had begun goes on. */
function severable(ledger: Ledger, dead: () => boolean): Ledger {
  const cut = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => (dead() ? new Promise(() => {}) : (method.apply(target, args) as unknown));
      },
    });
  return { ...ledger, occurrences: cut(ledger.occurrences), jobs: cut(ledger.jobs), controls: cut(ledger.controls) };
}

test.each([7])(
  "a year with sleeps, restarts, kills, clock changes and two supervisors: each instant once (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const clock = createVirtualClock(START);
    const { ledger, close } = await openTestLedger(clock);
    onTestFinished(close);
    const ran = new Map<string, number>();
    const done = new Map<string, number>();
    const jobs = timetable(ran, random, clock, createMinds({ ledger, clock, first: "kronos" }));
    const happened = { kills: 0, restarts: 0, sleeps: 0 };

    function start(): { stop(): void; kill(): void } {
      const stop = new AbortController();
      let dead = false;
      void schedule(
        {
          ledger: severable(ledger, () => dead),
          jobs: async () => jobs,
          clock,
          log: silentLog,
          timeZone: () => "UTC",
          lookEveryMs: 8 * HOUR_MS,
        },
        stop.signal,
      );
      return {
        stop: () => stop.abort(),
        kill: () => {
          dead = true;
          stop.abort();
        },
      };
    }

    async function live(): Promise<void> {
      const supervisors = [start(), start()];
      while (clock.now() < END) {
        await clock.sleep((2 + random() * 60) * HOUR_MS);
        const which = random() < 0.5 ? 0 : 1;
        const what = random();
        if (what < 0.3) {
          clock.jump(random() * 4 * DAY_MS);
          happened.sleeps++;
        } else if (what < 0.8) {
          if (what < 0.55) supervisors[which]?.kill();
          else supervisors[which]?.stop();
          happened[what < 0.55 ? "kills" : "restarts"]++;
          await clock.sleep(random() * 30 * HOUR_MS);
          supervisors[which] = start();
        }
      }
      await clock.sleep(30 * HOUR_MS);
      for (const { stop } of supervisors) stop();
      await clock.sleep(1);
      // Whoever comes last finds what was left running.
      const last = start();
      await clock.sleep(6 * HOUR_MS);
      last.stop();
    }

    let over = false;
    void think(ledger, clock, seeded(seed + 1), done, () => over);
    void live().then(() => {
      over = true;
    });
    await clock.run(() => over);

    for (const job of jobs) {
      const rows = (await ledger.occurrences.history(job.name, 100_000)).toReversed();
      const due = instantsBetween(follow(job.schedule, job.timeZone ?? ""), START, rows.at(-1)?.dueAt ?? 0);
      expect(
        rows.map(({ dueAt }) => dueAt),
        job.name,
      ).toEqual(due);
      expect(rows.at(-1)?.dueAt, "the year is over").toBeGreaterThan(END - DAY_MS);
      const open = rows.filter(({ endedAt }) => endedAt === null);
      expect(open.length, "none is left open but what came while it stopped").toBe(0);
      for (const { state } of rows) expect(["ran", "skipped", "missed", "failed"]).toContain(state);
      for (const { dueAt, state } of rows) if (state === "missed") expect(ran.has(`${job.name} ${dueAt}`)).toBe(false);
    }
    for (const zone of ZONES) {
      const job = `thoughtful ${zone}`;
      const rows = await ledger.occurrences.history(job, 100_000);
      const ended = rows.filter(({ state }) => state === "ran" || state === "skipped");
      for (const { dueAt } of ended) expect(done.get(`job ${job} ${dueAt} kronos`), job).toBe(1);
      expect(ended.length).toBeGreaterThan(100);
    }
    expect([...done.values()].filter((times) => times !== 1)).toEqual([]);
    expect(ran.size).toBeGreaterThan(2_000);
    expect([...ran.values()].filter((times) => times !== 1)).toEqual([]);
    expect(Math.min(happened.kills, happened.restarts, happened.sleeps)).toBeGreaterThan(20);
  },
  300_000,
);
