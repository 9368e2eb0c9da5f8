/** One agent of the swarm as a process: `node dist/agents/main.js <name>`. */
import { createLog, runProcess, systemClock } from "../shared/base/index.ts";
import { homeAt, programRoot, readEnv } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { startAgentProcess } from "./agent-process.ts";

const name = process.argv[2] ?? "";
// What stops the process is told at any level, a bad level among it.
const lastWords = createLog({ process: name, level: "error" });
const exitCode = await runProcess(lastWords, async (lifetime) => {
  const { env, raw } = readEnv();
  const log = createLog({ process: name, level: env.LOG_LEVEL });
  const home = homeAt(env.KAOS_HOME || `${programRoot()}/data`);
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: env.SWARM_SYNC });
  lifetime.onClose(() => ledger.close());
  await startAgentProcess({ name, env, raw, home, clock: systemClock, log, lifetime, ledger });
  log.info("agent up");
  process.send?.("ready");
});
// Everything is closed. What a library may still hold open must not keep a process that has left.
process.exit(exitCode);
