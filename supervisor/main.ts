/** The supervisor: keeps time and hosts the control room. One process, put together here. */
import { createLog, type Lifetime, type Log, runProcess, systemClock } from "../shared/base/index.ts";
import { type Env, type Home, homeAt, programRoot, readEnv } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { startSupervisor } from "./supervisor.ts";

const { env } = readEnv();
const log = createLog({ process: "supervisor", level: env.LOG_LEVEL });
process.exitCode = await runProcess(log, (lifetime) =>
  main(env, homeAt(env.KAOS_HOME || `${programRoot()}/data`), lifetime, log),
);

async function main(settings: Env, home: Home, lifetime: Lifetime, log: Log): Promise<void> {
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: settings.SWARM_SYNC });
  lifetime.onClose(() => ledger.close());
  await startSupervisor({ ledger, clock: systemClock, log, env: settings, home, lifetime });
  process.send?.("ready");
}
