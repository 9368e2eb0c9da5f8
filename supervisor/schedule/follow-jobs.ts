/** Which schedules are followed: those of the timetable as it is, whatever it was before. Pure. */
import { follow, type Next } from "../../shared/schedule/index.ts";
import type { Job } from "../jobs/index.ts";

/** A job under one schedule. */
export type Followed = {
  job: Job;
  next: Next;
  /** When it is due next, as far as was looked. */
  dueAt: number;
  /** What was due up to then was due under a schedule that is followed no more; 0 where there was none. */
  changedAt: number;
};

/** A changed schedule is followed anew, from the last look on, and no job that is gone. `timeZone` is that of jobs without their own. */
export function followJobs(
  before: ReadonlyMap<string, Followed>,
  jobs: readonly Job[],
  { timeZone, lookedAt }: { timeZone: string; lookedAt: number },
): Map<string, Followed> {
  const names = new Set([...before.values()].map(({ job }) => job.name));
  return new Map(
    jobs.map((job) => {
      const zone = job.timeZone ?? timeZone;
      const key = JSON.stringify([job.name, job.schedule, zone]);
      const known = before.get(key);
      if (known !== undefined) return [key, { ...known, job }];
      const changedAt = names.has(job.name) ? lookedAt : 0;
      return [key, { job, next: follow(job.schedule, zone), dueAt: 0, changedAt }];
    }),
  );
}
