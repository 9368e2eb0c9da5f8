/** Every job with its schedule, what it needs and how it stands: for the command line and the control room. */
import type { TimetableLine } from "../dashboard/view.ts";
import type { Clock } from "../shared/base/index.ts";
import type { JobStanding, Ledger } from "../shared/ledger/index.ts";
import { follow, tellSchedule } from "../shared/schedule/index.ts";
import { blockedBecause, type Job } from "./jobs/index.ts";

export async function readTimetable(
  ledger: Pick<Ledger, "occurrences" | "jobs" | "controls">,
  jobs: readonly Job[],
  { clock, timeZone }: { clock: Clock; timeZone: string },
): Promise<TimetableLine[]> {
  const now = clock.now();
  const pauses = (await ledger.controls.active()).filter(({ scope }) => scope === "job");
  const standings = new Map((await ledger.jobs.standings()).map((one) => [one.name, one]));
  const latest = await ledger.occurrences.latest();
  return jobs.map((job) => {
    const zone = job.timeZone ?? timeZone;
    const standing = standings.get(job.name);
    const pausedBy = pauses.find(({ name }) => name === job.name)?.by;
    const held = stateOf(job, standing, pausedBy, now);
    return {
      job: job.name,
      purpose: job.purpose,
      schedule: tellSchedule(job.schedule, zone),
      timeZone: zone,
      needs: (job.needs ?? []).map(({ what }) => what),
      ...held,
      nextAt: held.state === "paused" ? null : (follow(job.schedule, zone)(now) ?? null),
      last: latest.find((one) => one.job === job.name) ?? null,
      quietUntil: standing !== undefined && standing.quietUntil > now ? standing.quietUntil : null,
      added: standing?.added != null,
    };
  });
}

function stateOf(
  job: Job,
  standing: JobStanding | undefined,
  pausedBy: string | undefined,
  now: number,
): Pick<TimetableLine, "state" | "because"> {
  if (pausedBy !== undefined) return { state: "paused", because: `paused by ${pausedBy}` };
  const blocked = blockedBecause(job);
  if (blocked !== undefined) return { state: "blocked", because: blocked };
  if (standing !== undefined && standing.restUntil > now)
    return { state: "resting", because: `left alone for a while after ${standing.failures} failures in a row` };
  return { state: "ready", because: "" };
}
