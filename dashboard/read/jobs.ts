/** The jobs of the timetable with their last runs, and what jobs had to say. */
import { type Delivery, MUTED, type Occurrence, type OccurrenceState } from "../../shared/ledger/index.ts";
import type { TimetableLine, Visit } from "../view.ts";

export type JobShown = {
  line: TimetableLine;
  /** Newest first. */
  history: readonly Occurrence[];
  quiet: "" | "muted" | "snoozed";
  /** Due instants of the last days that came to nothing. */
  gaps: readonly { state: OccurrenceState; count: number }[];
  /** What its model calls cost in a month. */
  costUsd: number;
};

export type JobsShown = { jobs: readonly JobShown[]; said: readonly Delivery[] };

const HISTORY_MAX = 8;
const SAID_MAX = 15;
const DAY_MS = 86_400_000;
const GAPS_WITHIN_MS = 7 * DAY_MS;
const COST_WITHIN_MS = 30 * DAY_MS;

export async function readJobs({ ledger, timetable, now }: Visit): Promise<JobsShown> {
  const jobs: JobShown[] = [];
  const gaps = await ledger.occurrences.gaps(now - GAPS_WITHIN_MS);
  // The calls that a job makes are booked under its name.
  const costs = await ledger.spend.byPurpose(now - COST_WITHIN_MS);
  for (const line of await timetable()) {
    const history = await ledger.occurrences.history(line.job, HISTORY_MAX);
    const quiet = line.quietUntil === null ? "" : line.quietUntil === MUTED ? "muted" : "snoozed";
    jobs.push({
      ...{ line, history, quiet },
      gaps: gaps.filter(({ job }) => job === line.job),
      costUsd: costs.find(({ purpose }) => purpose === line.job)?.costUsd ?? 0,
    });
  }
  return { jobs, said: await ledger.deliveries.latest(SAID_MAX) };
}
