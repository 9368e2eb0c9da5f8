/** A job that every agent does for itself, with its own memory: what it has in common with the others of its kind. */

import type { Job } from "./jobs/job.ts";
import type { Minds } from "./minds.ts";

type OfEach = Pick<Job, "name" | "schedule" | "purpose"> & { withinMs: number };

export function eachMind({ withinMs, ...job }: OfEach, minds: Minds): Job {
  return {
    ...job,
    timeoutMs: withinMs + 5 * 60_000,
    missed: { kind: "within", ms: 12 * 3_600_000 },
    jitterMs: 5 * 60_000,
    goesOn: true,
    run: async (signal, run) => minds.ask({ job: job.name, agents: await minds.everyone(), withinMs }, run, signal),
  };
}
