/** The supervisor: keeps time and hosts the control room. One process, put together here. */
import { createLog, runProcess, systemClock } from "../shared/base/index.ts";
import { homeAt, programRoot, readEnv } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { startSupervisor } from "./supervisor.ts";

// What stops the process is told at any level, a bad level among it.
const lastWords = createLog({ process: "supervisor", level: "error" });
const exitCode = await runProcess(lastWords, async (lifetime) => {
  const { env, raw } = readEnv();
  const log = createLog({ process: "supervisor", level: env.LOG_LEVEL });
  const home = homeAt(env.KAOS_HOME || `${programRoot()}/data`);
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: env.SWARM_SYNC });
  lifetime.onClose(() => ledger.close());
  await startSupervisor({ ledger, clock: systemClock, log, env, raw, home, lifetime });
  process.send?.("ready");
});
// Everything is closed. What a library may still hold open must not keep a process that has left.
process.exit(exitCode);
