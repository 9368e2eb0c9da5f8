/** Stops processes of a home, and waits until the kernel knows none of them any more. */
import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { CommandFailed } from "../failures.ts";
import { listed } from "../terminal/layout.ts";
import { pidRuns } from "./pid.ts";
import type { Pm2 } from "./pm2.ts";
import { readUp } from "./processes.ts";

type Deps = { ledger: Ledger | undefined; pm2: Pm2; clock: Clock };

/** A process closes within 6 s by itself (base/process.ts), and pm2 kills it after 8 s. */
const GONE_MAX_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/** Stops all, and pm2. Returns the names of what ran. Throws CommandFailed when one does not go. */
export async function takeDown(deps: Deps): Promise<string[]> {
  const running = await readRunning(deps);
  if (await deps.pm2.runs()) await deps.pm2.kill();
  await end(running, deps.clock);
  return running.map(({ name }) => name).toSorted();
}

/** Stops these; pm2 keeps the others running. Throws CommandFailed when one does not go. */
export async function stopAndWait(names: readonly string[], deps: Deps): Promise<void> {
  const kept = (await deps.pm2.list()).filter(({ name }) => names.includes(name));
  const running = (await readRunning(deps)).filter(({ name }) => names.includes(name));
  if (kept.length > 0) await deps.pm2.stop(kept.map(({ name }) => name));
  await end(running, deps.clock);
}

type Running = {
  name: string;
  pid: number;
  /** pm2 does not keep it: it runs in a terminal of its own, or its pm2 has died. */
  stray: boolean;
};

async function readRunning({ ledger, pm2 }: Deps): Promise<Running[]> {
  const kept = (await pm2.list()).flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid, stray: false }]));
  const up = ledger === undefined ? [] : await readUp(ledger);
  // Heard from within the last 10 s, so the process ids are still theirs.
  const strays = up.filter(({ pid }) => !kept.some((one) => one.pid === pid));
  return [...kept, ...strays.map(({ name, pid }) => ({ name, pid, stray: true }))];
}

/** Asks strays to go, waits for all, and kills what has not gone by then. */
async function end(running: readonly Running[], clock: Clock): Promise<void> {
  for (const { pid, stray } of running) if (stray) ask(pid, "SIGTERM");
  if (await gone(running, clock)) return;
  for (const { pid } of running) ask(pid, "SIGKILL");
  if (await gone(running, clock)) return;
  const left = running.filter(({ pid }) => pidRuns(pid)).map(({ name, pid }) => `${name} (process ${pid})`);
  throw new CommandFailed(`${listed(left)} cannot be stopped, not even by the system. Look at it with \`ps\`.`);
}

async function gone(running: readonly Running[], clock: Clock): Promise<boolean> {
  for (let waitedMs = 0; running.some(({ pid }) => pidRuns(pid)); waitedMs += LOOK_AGAIN_MS) {
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
