/** Stops every process of a home, and waits until the kernel knows none of them any more. */
import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { CommandFailed } from "../failures.ts";
import { listed } from "../terminal/layout.ts";
import { pidRuns } from "./pid.ts";
import type { Pm2 } from "./pm2.ts";
import { type Heard, readUp } from "./processes.ts";

type Deps = { ledger: Ledger | undefined; pm2: Pm2; clock: Clock };

/** A process closes within 6 s by itself (base/process.ts), and pm2 kills it after 8 s. */
const GONE_MAX_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/** Returns the names of what was stopped: pm2's processes, and those that run in a terminal of their own. Throws CommandFailed when one does not go. */
export async function takeDown({ ledger, pm2, clock }: Deps): Promise<string[]> {
  const kept = await pm2.list();
  const up = ledger === undefined ? [] : await readUp(ledger);
  const strays = up.filter(({ pid }) => !kept.some((one) => one.pid === pid));
  if (await pm2.runs()) await pm2.kill();
  // Their beat is younger than 10 s, so these ids are theirs.
  for (const { pid } of strays) ask(pid, "SIGTERM");

  const running: Pick<Heard, "name" | "pid">[] = [...strays, ...kept.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]))];
  if (!(await gone(running, clock))) {
    for (const { pid } of running) ask(pid, "SIGKILL");
    if (!(await gone(running, clock))) {
      const left = running.filter(({ pid }) => pidRuns(pid)).map(({ name, pid }) => `${name} (process ${pid})`);
      throw new CommandFailed(`${listed(left)} cannot be stopped, not even by the system. Look at it with \`ps\`.`);
    }
  }
  return running.map(({ name }) => name).toSorted();
}

async function gone(processes: readonly { pid: number }[], clock: Clock): Promise<boolean> {
  for (let waitedMs = 0; processes.some(({ pid }) => pidRuns(pid)); waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs >= GONE_MAX_MS) return false;
    await clock.sleep(LOOK_AGAIN_MS);
  }
  return true;
}

function ask(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone by itself.
  }
}
