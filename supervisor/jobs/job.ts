/** Scheduled work of the supervisor. */

/** What a run found and did. `changed: false` means that there was nothing to do. */
export type JobResult = { changed: boolean; summary: string };

export type Job = {
  /** verb-noun, as the file is called. */
  name: string;
  /** Cron expression, in the scheduler's time zone. */
  schedule: string;
  /** One sentence for the timetable. */
  purpose: string;
  /** A run that takes longer is stopped and has failed. */
  timeoutMs: number;
  run(signal: AbortSignal): Promise<JobResult>;
};
