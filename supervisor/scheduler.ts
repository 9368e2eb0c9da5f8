/** Keeps time: each due instant of a job becomes one row of the ledger before it runs, so that it runs once. */
import { Cron } from "croner";
import { type Clock, isAbort, type Log, messageOf } from "../shared/base/index.ts";
import type { Occurrences } from "../shared/ledger/index.ts";
import type { Job } from "./jobs/index.ts";

type Deps = { jobs: readonly Job[]; occurrences: Occurrences; clock: Clock; log: Log; timeZone: string };

/** When each job is due next, for those who look at the timetable. */
export function timetableOf({ jobs, clock, timeZone }: Pick<Deps, "jobs" | "clock" | "timeZone">) {
  return jobs.map((job) => {
    const next = new Cron(job.schedule, { timezone: timeZone, paused: true }).nextRun(new Date(clock.now()));
    return { job: job.name, nextAt: next?.getTime() ?? null };
  });
}

/** Runs the timetable until the signal says stop. Jobs run beside each other; one job never beside itself. */
export async function schedule({ jobs, occurrences, clock, log, timeZone }: Deps, signal: AbortSignal): Promise<void> {
  await occurrences.closeInterrupted();
  await Promise.all(jobs.map((job) => keepTime(job)));

  async function keepTime(job: Job): Promise<void> {
    const cron = new Cron(job.schedule, { timezone: timeZone, paused: true });
    let after = clock.now();
    while (!signal.aborted) {
      const due = cron.nextRun(new Date(after))?.getTime();
      if (due === undefined) return;
      try {
        await clock.sleep(Math.min(due - clock.now(), SLEEP_MAX_MS), signal);
      } catch {
        return;
      }
      if (clock.now() < due) continue;
      after = due;
      if (await occurrences.begin(job.name, due)) await run(job, due);
    }
  }

  async function run(job: Job, due: number): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(job.timeoutMs)]);
    try {
      const { changed, summary } = await Promise.race([job.run(limit), stopped(limit)]);
      await occurrences.finish(job.name, due, changed ? "ran" : "skipped", summary);
    } catch (error) {
      const because = isAbort(error) ? `took longer than ${job.timeoutMs / 1_000} s or was stopped` : messageOf(error);
      log.error("job failed", { job: job.name, error });
      await occurrences.finish(job.name, due, "failed", because);
    }
  }
}

/** A long sleep is cut into pieces, so that a clock that jumped forward is noticed within a minute. */
const SLEEP_MAX_MS = 60_000;

/** Rejects when the signal says stop: a job that does not hear it must not keep the timetable, or the supervisor's end, waiting. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
