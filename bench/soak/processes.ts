/** A swarm of real processes under pm2 in a home of its own, and the hand that kills them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ownEnv, programRoot, type RawEnv } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";

const run = promisify(execFile);

/** A process of the swarm as the ledger knows it; `life` tells one life of it from the next. */
export type Living = { name: string; pid: number; life: number };

/** Everything as in production, but people and models are in a hurry, and nothing of this machine's settings counts. */
const SETTINGS = {
  DASHBOARD_PORT: "0",
  KAOS_LITE_CHAIN: "",
  KAOS_STANDARD_CHAIN: "",
  SWARM_PACE: "0.1",
  REQUESTS_PER_MINUTE: "0",
  OFFLINE_WORDS_PER_SECOND: "12",
  LOG_LEVEL: "warn",
};

/** `more` are settings beside those, for the processes that are started. */
export async function kaos(home: string, words: readonly string[], more: RawEnv = {}): Promise<void> {
  await run(process.execPath, [join(programRoot(), "dist/cli/main.js"), "--home", home, ...words], {
    env: ownEnv({ ...SETTINGS, ...more, KAOS_HOME: home }),
  });
}

/** Who runs now: agents that beat, and the supervisor. */
export async function living(ledger: Ledger): Promise<Living[]> {
  const agents = (await ledger.agents.roster())
    .filter(({ alive }) => alive)
    .map(({ name, pid, epoch }) => ({ name, pid, life: epoch }));
  const supervisor = await ledger.supervisor.state();
  if (supervisor?.alive !== true) return agents;
  return [...agents, { name: "supervisor", pid: supervisor.pid, life: supervisor.upAt }];
}

/** As `kill -9` does: the process does nothing more. False when it had gone by itself. */
export function killAtOnce({ pid }: Living): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
