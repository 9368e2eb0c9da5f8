/** One agent of the swarm as a process: `node dist/agents/main.js <name>`. */
import { createLog, runProcess, systemClock } from "../shared/base/index.ts";
import { readSettings } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { createPatience, isWeather } from "../shared/sqlite/index.ts";
import { startAgentProcess } from "./agent-process.ts";

const name = process.argv[2] ?? "";
// What stops the process is told at any level, a bad level among it.
const lastWords = createLog({ process: name, level: "error" });
const exitCode = await runProcess(
  lastWords,
  async (lifetime) => {
    const { home, ...told } = readSettings();
    const { env } = told;
    const log = createLog({ process: name, level: env.LOG_LEVEL });
    const untold = (error: unknown) => log.warn("the feed does not tell", { error });
    const patience = createPatience({
      clock: systemClock,
      log,
      signal: lifetime.signal,
      onWait: (because) => void ledger.agents.waits(name, because).catch(untold),
      onGoOn: (waitedMs) => void ledger.agents.goesOn(name, waitedMs).catch(untold),
    });
    const ledger = await openLedger({
      path: home.ledger,
      clock: systemClock,
      durability: env.SWARM_SYNC,
      approvalMs: env.APPROVAL_EXPIRES_AFTER,
      patience,
    });
    lifetime.onClose(() => ledger.close());
    await startAgentProcess({ name, ...told, home, clock: systemClock, log, lifetime, ledger, patience });
    log.info("agent up");
    process.send?.("ready");
  },
  isWeather,
);
// Everything is closed. What a library may still hold open must not keep a process that has left.
process.exit(exitCode);
