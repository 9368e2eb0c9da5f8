import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { createEgress, type Egress } from "../../shared/security/index.ts";
import { addedJobs } from "../added/added.ts";
import type { Automations } from "../automations.ts";
import type { DeliveryLayer } from "../delivery/delivery.ts";
import { backUp } from "./back-up.ts";
import { groupDigest } from "./group-digest.ts";
import { heartbeat } from "./heartbeat.ts";
import type { Job } from "./job.ts";
import { newsMonitor } from "./news-monitor.ts";
import { rotateLogs } from "./rotate-logs.ts";
import { sendDigest } from "./send-digest.ts";
import { swarmRetention } from "./swarm-retention.ts";
import { tendLedger } from "./tend-ledger.ts";
import { weeklyLetter } from "./weekly-letter.ts";

export { blockedBecause, type Item, type Job, type JobResult, type Run } from "./job.ts";

export type JobDeps = {
  ledger: Ledger;
  clock: Clock;
  home: Pick<Home, "folder" | "logs" | "backups">;
  settings: Automations;
  delivery: Pick<DeliveryLayer, "sendDigest">;
  egress: Egress;
};

/** The whole timetable: what comes with KAOS, then what people added. */
export async function timetableOf(deps: Omit<JobDeps, "egress">): Promise<Job[]> {
  const egress = createEgress({ trusted: deps.settings.trusted.map((address) => new URL(address).origin) });
  return [...jobs({ ...deps, egress }), ...(await addedJobs(deps.ledger.jobs))];
}

/** What comes with KAOS. */
export function jobs({ ledger, clock, home, settings, delivery, egress }: JobDeps): Job[] {
  return [
    tendLedger({ ledger, clock }),
    rotateLogs({ folder: home.logs }),
    backUp({ home, clock }),
    swarmRetention({ ledger, clock }),
    heartbeat({ notes: ledger.jobs, clock, home, timeZone: settings.timeZone }),
    groupDigest({ ledger, clock, settings }),
    weeklyLetter({ ledger, clock }),
    newsMonitor({ notes: ledger.jobs, clock, egress, settings }),
    sendDigest({ delivery, digestAt: settings.digestAt }),
  ];
}
