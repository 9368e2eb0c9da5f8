/** The parts of the supervisor: its lock, the timetable, the control room. */

import { startDashboard } from "../dashboard/app.ts";
import { type Clock, type Lifetime, type Log, OperationalError, repeat } from "../shared/base/index.ts";
import type { Home, Told } from "../shared/config/index.ts";
import { BEAT_EVERY_MS, type Ledger } from "../shared/ledger/index.ts";
import { createEgress } from "../shared/security/index.ts";
import { takeLock } from "../shared/sqlite/index.ts";
import { readAutomations } from "./automations.ts";
import { createDelivery } from "./delivery/delivery.ts";
import { type Job, type JobResult, timetableOf } from "./jobs/index.ts";
import { keepPlans } from "./plans/plans.ts";
import { schedule } from "./scheduler.ts";
import { readTimetable } from "./timetable.ts";

/** This home has a supervisor already. */
export class SecondSupervisor extends OperationalError {
  override readonly name = "SecondSupervisor";
}

type Deps = Told & {
  ledger: Ledger;
  /** The same ledger as the control room asks it, where nobody waits for a full disk; `ledger` unless given. */
  shown?: Ledger;
  clock: Clock;
  log: Log;
  home: Home;
  lifetime: Lifetime;
};

/** Starts keeping time and serving the control room; resolves with its address. */
export async function startSupervisor({
  ledger,
  shown = ledger,
  clock,
  log,
  home,
  lifetime,
  ...told
}: Deps): Promise<{ url: string }> {
  const lock = takeLock(home.supervisorLock);
  if (lock === undefined) {
    throw new SecondSupervisor(
      `A supervisor runs for ${home.folder} already. See it with \`kaos status\`, or stop it with \`kaos down\`.`,
    );
  }
  lifetime.onClose(() => lock.release());

  const settings = () => readAutomations(home.automations);
  for (const problem of settings().problems) log.warn("automations.json has a mistake", { problem });
  const delivery = createDelivery({ ledger, clock, settings });
  const timetable = () =>
    timetableOf({
      ledger,
      clock,
      home,
      settings: settings(),
      delivery,
      env: told.env,
    });
  const lines = async () => readTimetable(ledger, await timetable(), { clock, timeZone: settings().timeZone });
  const dashboard = await startDashboard({ ledger: shown, clock, log, ...told, home, timetable: lines });
  lifetime.onClose(() => dashboard.close());
  await ledger.supervisor.announce(process.pid, dashboard.url);
  lifetime.onClose(() => ledger.supervisor.leave(process.pid));
  lifetime.run(
    "presence",
    repeat({ clock, everyMs: BEAT_EVERY_MS, signal: lifetime.signal }, () => ledger.supervisor.beat(process.pid)),
  );
  const deliver = async (job: Job, result: JobResult, dueAt: number) =>
    void (await delivery.deliver(job, result, dueAt));
  const timeZone = () => settings().timeZone;
  lifetime.run("scheduler", schedule({ ledger, jobs: timetable, clock, log, timeZone, deliver }, lifetime.signal));
  const only = told.env.EGRESS_ONLY;
  const egress = () =>
    createEgress({
      trusted: settings().trusted.map((address) => new URL(address).origin),
      ...(only.length === 0 ? {} : { only }),
    });
  lifetime.run("plans", keepPlans({ ledger, clock, log, egress, settings }, lifetime.signal));
  log.info("supervisor up", { url: dashboard.url });
  return { url: dashboard.url };
}
