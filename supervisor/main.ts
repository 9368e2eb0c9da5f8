/** The supervisor: keeps time and hosts the control room. One process, put together here. */
import { createLog, runProcess, systemClock } from "../shared/base/index.ts";
import { bringPersonas, readSettings } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { createPatience, isWeather } from "../shared/sqlite/index.ts";
import { openShown } from "./open-shown.ts";
import { startSupervisor } from "./supervisor.ts";

// What stops the process is told at any level, a bad level among it.
const lastWords = createLog({ process: "supervisor", level: "error" });
const exitCode = await runProcess(
  lastWords,
  async (lifetime) => {
    bringPersonas();
    const { home, ...told } = readSettings();
    const { env } = told;
    const log = createLog({ process: "supervisor", level: env.LOG_LEVEL });
    const patience = createPatience({ clock: systemClock, log, signal: lifetime.signal });
    const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: env.SWARM_SYNC, patience });
    lifetime.onClose(() => ledger.close());
    const shown = await openShown({ home, env, clock: systemClock, lifetime, patience });
    await startSupervisor({ ledger, shown, clock: systemClock, log, ...told, home, lifetime });
    process.send?.("ready");
  },
  isWeather,
);
// Everything is closed. What a library may still hold open must not keep a process that has left.
process.exit(exitCode);
