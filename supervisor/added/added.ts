/** Jobs that people add: a text that is said to them at its time. */
import { z } from "zod";
import type { Jobs } from "../../shared/ledger/index.ts";
import type { Job } from "../jobs/job.ts";
import { isTimeZone, type Schedule } from "../schedule/schedule.ts";

const stored = z.object({
  text: z.string().min(1),
  timeZone: z.string().refine(isTimeZone),
  schedule: z.union([
    z.strictObject({ cron: z.string() }),
    z.strictObject({ everyMs: z.number() }),
    z.strictObject({ at: z.number() }),
  ]),
});

export type Added = { text: string; timeZone: string; schedule: Schedule };

/** A reminder that is older than this helps nobody. */
const STILL_USEFUL_MS = 12 * 3_600_000;

/** How an added job stands in the ledger. */
export function writeAdded(added: Added): string {
  return JSON.stringify(added);
}

/** What people added. What cannot be read any more is left out: it was written by another version. */
export async function addedJobs(store: Pick<Jobs, "standings">): Promise<Job[]> {
  return (await store.standings()).flatMap(({ name, added }) => {
    const read = added === null ? undefined : stored.safeParse(JSON.parse(added));
    return read?.success ? [jobOf(name, read.data)] : [];
  });
}

function jobOf(name: string, { text, timeZone, schedule }: Added): Job {
  return {
    name,
    schedule,
    timeZone,
    purpose: `tells you: ${text}`,
    timeoutMs: 10_000,
    missed: { kind: "within", ms: STILL_USEFUL_MS },
    run: async (_signal, { dryRun }) => ({
      changed: !dryRun,
      summary: dryRun ? `it would say: ${text}` : "said",
      // Its hour was chosen by the person: quiet hours and budgets are not asked.
      severity: "urgent",
      items: [{ title: text }],
    }),
  };
}
