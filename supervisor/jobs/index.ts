import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { addedJobs } from "../added/added.ts";
import type { Automations } from "../automations.ts";
import type { DeliveryLayer } from "../delivery/delivery.ts";
import type { Job } from "./job.ts";
import { rotateLogs } from "./rotate-logs.ts";
import { sendDigest } from "./send-digest.ts";
import { tendLedger } from "./tend-ledger.ts";

export { blockedBecause, type Item, type Job, type JobResult, type Run } from "./job.ts";

export type JobDeps = {
  ledger: Ledger;
  clock: Clock;
  home: Pick<Home, "folder" | "logs" | "backups" | "automations" | "ledger">;
  settings: Automations;
  delivery: Pick<DeliveryLayer, "sendDigest">;
};

/** The whole timetable: what comes with KAOS, then what people added. */
export async function allJobs(deps: JobDeps): Promise<Job[]> {
  return [...jobs(deps), ...(await addedJobs(deps.ledger.jobs))];
}

/** What comes with KAOS. */
export function jobs({ ledger, clock, home, settings, delivery }: JobDeps): Job[] {
  return [
    tendLedger({ ledger, clock }),
    rotateLogs({ folder: home.logs }),
    sendDigest({ delivery, digestAt: settings.digestAt }),
  ];
}
