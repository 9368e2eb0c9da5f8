import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Job } from "./job.ts";
import { rotateLogs } from "./rotate-logs.ts";
import { tendLedger } from "./tend-ledger.ts";

export type { Job, JobResult } from "./job.ts";

/** The timetable. */
export function jobs(deps: { ledger: Ledger; clock: Clock; logs: string }): Job[] {
  return [tendLedger(deps), rotateLogs({ folder: deps.logs })];
}
