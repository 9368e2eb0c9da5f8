/** Keeps time: each due instant of a job becomes one row of the ledger before it runs, so that it runs once. */
import { type Clock, dice, ignoreStop, isAbort, type Log, messageOf, secret, stopWith } from "../shared/base/index.ts";
import { type Ledger, type Occurrence, RUN_RENEW_MS } from "../shared/ledger/index.ts";
import { instantsBetween } from "../shared/schedule/index.ts";
import { blockedBecause, type Job, type JobResult } from "./jobs/index.ts";
import { type Followed, followJobs } from "./schedule/follow-jobs.ts";
import { planInstants } from "./schedule/missed.ts";

export type Timing = {
  ledger: Pick<Ledger, "occurrences" | "jobs" | "controls" | "changes">;
  /** Asked again at every look, because people add jobs while the supervisor runs. */
  jobs(): Promise<readonly Job[]>;
  clock: Clock;
  log: Log;
  /** The installation's own, which a person may change meanwhile. */
  timeZone(): string;
  /** Takes what a run found to whoever should know. */
  deliver?(job: Job, result: JobResult, dueAt: number): Promise<void>;
  /** How long it looks away at most while the ledger changes. */
  lookEveryMs?: number;
};

/** What a person asks for is begun within this … */
const LOOK_EVERY_MS = 2_000;
/** … and what stands in files alone is noticed within this. */
const IDLE_MS = 30_000;
/** As long as ended occurrences are kept: instants before that have no row any more, and get none. */
const PLANNED_BACK_MS = 90 * 24 * 3_600_000;
/** After so many failures in a row a person is told, once, and the job is left alone for a while … */
const ALERT_AFTER_FAILURES = 3;
/** … for so long, twice as long after each further failure … */
const REST_FIRST_MS = 10 * 60_000;
/** … and never longer than this. */
const REST_MAX_MS = 6 * 3_600_000;

/** Runs the timetable until the signal says stop. Jobs run beside each other; one lane never beside itself. */
export async function schedule(timing: Timing, signal: AbortSignal): Promise<void> {
  const { ledger, clock, log, timeZone, deliver, lookEveryMs = LOOK_EVERY_MS } = timing;
  const { occurrences } = ledger;
  const owner = secret();
  let followed = new Map<string, Followed>();
  const underWay = new Set<Promise<void>>();
  let lookedAt = clock.now();
  let ended = new AbortController();

  while (!signal.aborted) {
    const seen = ledger.changes.version();
    const jobs = await timing.jobs();
    // A clock that was set back: what it made us expect may lie far ahead.
    if (clock.now() < lookedAt) followed.clear();
    followed = followJobs(followed, jobs, { timeZone: timeZone(), lookedAt });
    lookedAt = clock.now();
    const goOn = jobs.filter((job) => job.goesOn === true).map(({ name }) => name);
    for (const left of await occurrences.closeInterrupted(owner, goOn)) {
      const job = jobs.find(({ name }) => name === left.job);
      if (job !== undefined) await afterFailure(job, left.dueAt, "the supervisor ended while it ran");
    }
    for (const one of followed.values()) await plan(one);
    for (const waiting of await occurrences.startable()) {
      // Who is being stopped begins nothing, not even what he has just laid down himself.
      if (signal.aborted) break;
      const job = jobs.find(({ name }) => name === waiting.job);
      if (job === undefined)
        await occurrences.finish(waiting.job, waiting.dueAt, "missed", "there is no such job any more");
      else if (await occurrences.begin(job.name, waiting.dueAt, { lane: job.lane ?? job.name, owner }))
        start(job, waiting);
    }
    const dueAts = [...followed.values()].map(({ dueAt }) => dueAt);
    const wakeAt = Math.min(await occurrences.nextStart(), ...dueAts);
    const leave = stopWith(ended, signal);
    // What could start but did not waits for its lane: the end of a run wakes us.
    const untilDue = (atMostMs: number) => (wakeAt > clock.now() ? Math.min(atMostMs, wakeAt - clock.now()) : atMostMs);
    await clock.sleep(untilDue(lookEveryMs), ended.signal).catch(ignoreStop);
    if (wakeAt > clock.now()) await ledger.changes.past(seen, { signal: ended.signal, atMostMs: untilDue(IDLE_MS) });
    leave();
    if (ended.signal.aborted) ended = new AbortController();
  }
  await Promise.allSettled(underWay);

  /** Gives every due instant up to now its row. */
  async function plan(one: Followed): Promise<void> {
    const { job, next, changedAt } = one;
    const now = clock.now();
    if (one.dueAt > now) return;
    const from = await occurrences.plannedTo(job.name);
    const after = Math.max(Math.min(from ?? now, now), changedAt, now - PLANNED_BACK_MS);
    const instants = instantsBetween(next, after, now);
    if (from === undefined || from > now || instants.length > 0 || changedAt > 0) {
      const planned = planInstants({
        instants,
        now,
        policy: job.missed ?? { kind: "skip" },
        jitter: (dueAt) => jitterOf(job, dueAt),
        paused: await notNow(job, now),
      });
      await occurrences.plan(job.name, { from, to: now }, planned, job.lane);
    }
    one.dueAt = next(now) ?? Number.POSITIVE_INFINITY;
    one.changedAt = 0;
  }

  async function notNow(job: Job, now: number): Promise<string | undefined> {
    const pause = (await ledger.controls.active()).find(({ scope, name }) => scope === "job" && name === job.name);
    if (pause !== undefined) return `the job is paused by ${pause.by}`;
    const { restUntil, failures } = await ledger.jobs.standing(job.name);
    return restUntil > now ? `left alone for a while after ${failures} failures in a row` : undefined;
  }

  function start(job: Job, occurrence: Occurrence): void {
    const running = run(job, occurrence)
      .catch(unlessStopped)
      .finally(() => {
        underWay.delete(running);
        ended.abort();
      });
    underWay.add(running);
  }

  /** Whoever stops on a full disk leaves it unwritten: the next supervisor finds what was under way. */
  function unlessStopped(error: unknown): void {
    if (!signal.aborted) throw error;
  }

  async function run(job: Job, { dueAt, asked, attempts }: Occurrence): Promise<void> {
    const blocked = blockedBecause(job);
    if (blocked !== undefined) return occurrences.finish(job.name, dueAt, "blocked", blocked);
    const done = new AbortController();
    const limit = new AbortController();
    const leave = stopWith(limit, signal);
    void clock.sleep(job.timeoutMs, done.signal).then(() => limit.abort(), ignoreStop);
    void keepLease(job.name, dueAt, done.signal).catch(unlessStopped);
    try {
      const dryRun = asked === "dry";
      const result = await Promise.race([job.run(limit.signal, { dueAt, dryRun }), stopped(limit.signal)]);
      if (!dryRun) await afterSuccess(job, result, dueAt);
      const because = dryRun ? `dry run: ${result.summary}` : result.summary;
      await occurrences.finish(job.name, dueAt, result.changed && !dryRun ? "ran" : "skipped", because);
    } catch (error) {
      const because =
        limit.signal.aborted && !signal.aborted
          ? `took longer than ${job.timeoutMs / 1_000} s`
          : isAbort(error)
            ? "the supervisor was stopped while it ran"
            : messageOf(error);
      // Stopped, not failed: whoever starts next finds its work in the ledger.
      if (signal.aborted && job.goesOn === true)
        return await occurrences.retry(
          job.name,
          dueAt,
          clock.now(),
          "the supervisor was stopped; it goes on with the next",
        );
      log.error("job failed", { job: job.name, error });
      await failed(job, { dueAt, attempts: attempts + 1, because, again: asked === "" && !signal.aborted });
    } finally {
      leave();
      done.abort();
    }
  }

  async function failed(
    job: Job,
    { dueAt, attempts, because, again }: { dueAt: number; attempts: number; because: string; again: boolean },
  ): Promise<void> {
    const { max, firstMs } = job.retries ?? { max: 0, firstMs: 0 };
    if (again && attempts <= max)
      return occurrences.retry(job.name, dueAt, clock.now() + firstMs * 2 ** (attempts - 1), because);
    await occurrences.finish(job.name, dueAt, "failed", because);
    if (!signal.aborted) await afterFailure(job, dueAt, because);
  }

  async function afterFailure(job: Job, dueAt: number, because: string): Promise<void> {
    const { failures } = await ledger.jobs.standing(job.name);
    const beyond = failures + 1 - ALERT_AFTER_FAILURES;
    const restMs = beyond < 0 ? 0 : Math.min(REST_MAX_MS, REST_FIRST_MS * 2 ** Math.min(beyond, 10));
    const standing = await ledger.jobs.failed(job.name, clock.now() + restMs);
    if (standing.failures < ALERT_AFTER_FAILURES || standing.alerted) return;
    await ledger.jobs.alerted(job.name);
    await tell(job, dueAt, "urgent", {
      title: `${job.name} has failed ${standing.failures} times in a row`,
      text: because,
    });
  }

  async function afterSuccess(job: Job, result: JobResult, dueAt: number): Promise<void> {
    await deliver?.(job, result, dueAt);
    const before = await ledger.jobs.succeeded(job.name);
    if (before.alerted) await tell(job, dueAt + 1, "notable", { title: `${job.name} works again` });
  }

  async function tell(job: Job, at: number, severity: "notable" | "urgent", item: { title: string; text?: string }) {
    await deliver?.(job, { changed: true, summary: item.title, severity, items: [item] }, at);
  }

  async function keepLease(job: string, dueAt: number, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await clock.sleep(RUN_RENEW_MS, until).catch(ignoreStop);
      if (!until.aborted) await occurrences.renew(job, dueAt);
    }
  }
}

/** The same instant is late by the same time, whichever supervisor plans it. */
function jitterOf({ name, jitterMs = 0 }: Job, dueAt: number): number {
  return Math.floor(dice("jitter", name, dueAt) * jitterMs);
}

/** Rejects when the signal says stop: a job that does not hear it must not keep the timetable, or the supervisor's end, waiting. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
