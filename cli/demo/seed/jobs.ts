/** A week of the real timetable: each due instant of each job with how it ended. */
import { dice } from "../../../shared/base/index.ts";
import { readEnv } from "../../../shared/config/index.ts";
import type { OccurrenceEnd } from "../../../shared/ledger/index.ts";
import { follow, instantsBetween } from "../../../shared/schedule/index.ts";
import { readAutomations } from "../../../supervisor/automations.ts";
import { createDelivery } from "../../../supervisor/delivery/delivery.ts";
import { blockedBecause, timetableOf } from "../../../supervisor/jobs/index.ts";
import { demoSettings } from "../home.ts";
import type { Seeding } from "./seeding.ts";

/** Something that happens at a moment of the week. */
export type Act = { at: number; happen(): Promise<void> };

/** Of a job that runs every few minutes its last instants tell enough. */
const INSTANTS_MAX = 40;
const RUN_MS = 1_700;

type End = { state: OccurrenceEnd; because: string };

/** What a job had to say, where it does not only look and find nothing. */
const found: Readonly<Record<string, string>> = {
  "tend-ledger": "12 rows that nobody needs were deleted",
  "back-up": "a copy of 3.1 MB was made and tried",
  "sleep-compute": "kronos: merge: 1; nexus: age: 2; four others: nothing to tidy",
  "swarm-retention": "nothing is older than 90 days",
  "weekly-letter": "the week in seven sentences",
  "stalled-plans": "1 plan waits for a word of yours",
  "send-digest": "3 findings in one message",
  "user-model": "2 things that are supposed of you are better founded",
};
/** One of the jobs fails now and then: the views show what that looks like. */
const FAILS = { job: "back-up", oftenness: 0.2, because: "there was no space left on the disk for a copy" };

export async function jobActs(
  { ledger, clock, home }: Seeding,
  { from, to }: { from: number; to: number },
): Promise<Act[]> {
  const settings = readAutomations(home.automations);
  const delivery = createDelivery({ ledger, clock, settings: () => settings });
  const { env } = readEnv(demoSettings({}));
  const jobs = await timetableOf({ ledger, clock, home, settings, delivery, env });
  return jobs.flatMap((job) => {
    const { name, schedule, timeZone = settings.timeZone } = job;
    const blocked = blockedBecause(job);
    const endOf = (dueAt: number): End => {
      if (blocked !== undefined) return { state: "blocked", because: blocked };
      if (name === FAILS.job && dice(name, dueAt) < FAILS.oftenness) return { state: "failed", because: FAILS.because };
      const because = found[name];
      return because === undefined ? { state: "skipped", because: "nothing to do" } : { state: "ran", because };
    };
    const instants = instantsBetween(follow(schedule, timeZone), from, to).slice(-INSTANTS_MAX);
    const acts = instants.map(
      (dueAt): Act => ({
        at: dueAt,
        async happen() {
          const { state, because } = endOf(dueAt);
          await ledger.occurrences.begin(name, dueAt);
          if (blocked === undefined) clock.pass(RUN_MS);
          await ledger.occurrences.finish(name, dueAt, state, because);
        },
      }),
    );
    // What is due from now on is planned by whoever keeps time then.
    const planned = {
      at: to,
      happen: async () => void (await ledger.occurrences.plan(name, { from: undefined, to }, [])),
    };
    return [...acts, planned];
  });
}
