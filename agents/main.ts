/** One agent of the swarm as a process: `node dist/agents/main.js <name>`. */
import { createLog, runProcess, systemClock } from "../shared/base/index.ts";
import { bringPersonas, readSettings } from "../shared/config/index.ts";
import { isWeather } from "../shared/sqlite/index.ts";
import { startAgentProcess } from "./agent-process.ts";
import { openAgentLedger } from "./open-ledger.ts";

const name = process.argv[2] ?? "";
// What stops the process is told at any level, a bad level among it.
const lastWords = createLog({ process: name, level: "error" });
const exitCode = await runProcess(
  lastWords,
  async (lifetime) => {
    bringPersonas();
    const { home, ...told } = readSettings();
    const { env } = told;
    const log = createLog({ process: name, level: env.LOG_LEVEL });
    const common = { name, ...told, home, clock: systemClock, log, lifetime };
    const { ledger, patience } = await openAgentLedger(common);
    await startAgentProcess({ ...common, ledger, patience });
    log.info("agent up");
    process.send?.("ready");
  },
  isWeather,
);
// Everything is closed. What a library may still hold open must not keep a process that has left.
process.exit(exitCode);
