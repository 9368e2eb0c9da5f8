/** The jobs of the timetable with their last runs, and what jobs had to say. */
import { type Delivery, MUTED, type Occurrence } from "../../shared/ledger/index.ts";
import type { TimetableLine, Visit } from "../view.ts";

export type JobShown = {
  line: TimetableLine;
  /** Newest first. */
  history: readonly Occurrence[];
  quiet: "" | "muted" | "snoozed";
};

export type JobsShown = { jobs: readonly JobShown[]; said: readonly Delivery[] };

const HISTORY_MAX = 8;
const SAID_MAX = 15;

export async function readJobs({ ledger, timetable }: Visit): Promise<JobsShown> {
  const jobs: JobShown[] = [];
  for (const line of await timetable()) {
    const history = await ledger.occurrences.history(line.job, HISTORY_MAX);
    const quiet = line.quietUntil === null ? "" : line.quietUntil === MUTED ? "muted" : "snoozed";
    jobs.push({ line, history, quiet });
  }
  return { jobs, said: await ledger.deliveries.latest(SAID_MAX) };
}
