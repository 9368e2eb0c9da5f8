/** Starts processes and waits until each is ready by the ledger: an agent on the roster and beating, the supervisor with its address. */
import { type Clock, isAbort } from "../../shared/base/index.ts";
import type { Env, Home } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { lookAtDisk } from "../doctor/machine.ts";
import { CommandFailed } from "../failures.ts";
import { duration, listed } from "../terminal/layout.ts";
import { SUPERVISOR } from "./choose.ts";
import { lastWords, logEnd, logOf } from "./last-words.ts";
import type { Pm2 } from "./pm2.ts";
import { refuseTakenPort } from "./port.ts";
import { readUp } from "./processes.ts";

export type BringingUp = {
  ledger: Ledger;
  pm2: Pm2;
  home: Home;
  clock: Clock;
  env: Pick<Env, "DASHBOARD_HOST" | "DASHBOARD_PORT">;
  signal: AbortSignal;
  /** Called whenever another one is ready. */
  onReady(ready: readonly string[], waitedMs: number): void;
};

export type BroughtUp = {
  /** Those that ran before. */
  before: string[];
  /** Those that were started now and are ready. */
  started: string[];
  tookMs: number;
};

/** From start to ready takes about three seconds for all seven; a busy machine gets ten times as long. */
const READY_MAX_MS = 30_000;
const LOOK_AGAIN_MS = 200;
/** A process that ended so often while it was waited for will not come up by waiting. */
const FAILURES_MAX = 2;
/** A process that dies without a word shows in pm2 alone; asking it takes a third of a second of CPU from those that start. */
const ASK_PM2_AFTER_MS = 6_000;
const ASK_PM2_EVERY_MS = 2_000;

/**
 * Starts those of `names` that do not run yet. Throws PortTaken before anything is started, CommandFailed with the last
 * words of a process that does not come up, and an AbortError when told to stop; what runs then goes on running.
 */
export async function bringUp(names: readonly string[], bringing: BringingUp): Promise<BroughtUp> {
  const { ledger, pm2, home, clock, env, signal } = bringing;
  const startedAt = clock.now();
  const before = await upAmong(ledger, names);
  const missing = names.filter((name) => !before.includes(name));
  if (missing.length === 0) return { before, started: [], tookMs: 0 };
  if (missing.includes(SUPERVISOR)) await refuseTakenPort({ host: env.DASHBOARD_HOST, port: env.DASHBOARD_PORT });

  const logs = new Map(missing.map((name) => [name, logEnd(home, name)]));
  signal.throwIfAborted();
  // pm2 waits until its limit for a process that has crashed; the ledger and the logs tell sooner.
  const starting = pm2.start(missing);
  const ready = untilReady(missing, { ...bringing, logs, startedAt });
  try {
    await Promise.all([starting, ready]);
  } catch (error) {
    // Whoever stops what was started must find all of it there.
    if (isAbort(error)) await starting.catch(() => {});
    throw error;
  }
  return { before, started: missing, tookMs: clock.now() - startedAt };
}

type Waiting = BringingUp & { logs: ReadonlyMap<string, number>; startedAt: number };

/** `logs` says where to read each one's log from. */
async function untilReady(names: readonly string[], waiting: Waiting): Promise<void> {
  const { ledger, pm2, home, clock, signal, logs, startedAt, onReady } = waiting;
  let askPm2At = startedAt + ASK_PM2_AFTER_MS;
  let seenReady = -1;
  while (true) {
    signal.throwIfAborted();
    const seen = ledger.changes.version();
    const ready = await upAmong(ledger, names);
    const waitedMs = clock.now() - startedAt;
    if (ready.length !== seenReady) onReady(ready, waitedMs);
    seenReady = ready.length;
    if (ready.length === names.length) return;

    const pending = names.filter((name) => !ready.includes(name));
    const words = pending.map((name) => ({ name, ...lastWords(home, name, logs.get(name) ?? 0) }));
    const failing = new Set(words.filter(({ failures }) => failures >= FAILURES_MAX).map(({ name }) => name));
    if (clock.now() >= askPm2At) {
      for (const kept of await pm2.list())
        if (kept.state === "errored" || kept.restarts >= FAILURES_MAX) failing.add(kept.name);
      askPm2At = clock.now() + ASK_PM2_EVERY_MS;
    }
    const failed = words.filter(({ name }) => failing.has(name));
    if (failed.length > 0) throw new CommandFailed(failed.map((one) => crashed(home, one)).join("\n"));
    if (waitedMs > READY_MAX_MS) throw new CommandFailed(tooSlow(home, pending));
    await ledger.changes.past(seen, { signal, atMostMs: LOOK_AGAIN_MS });
  }
}

async function upAmong(ledger: Ledger, names: readonly string[]): Promise<string[]> {
  const up = (await readUp(ledger)).map(({ name }) => name);
  return names.filter((name) => up.includes(name));
}

function crashed(home: Home, { name, because }: { name: string; because: string }): string {
  const why = because === "" ? "it ended without a word" : because;
  return `${name} does not come up: ${why}\n  Its log is ${logOf(home, name)}; once the cause is mended, \`kaos restart ${name}\` starts it again.`;
}

function tooSlow(home: Home, names: readonly string[]): string {
  const { state, says } = lookAtDisk({ home });
  const full = state === "blocker" ? ` There is too little room: ${says}.` : "";
  return `${listed(names)} did not get ready within ${duration(READY_MAX_MS)}.${full} Look with \`kaos status\` and \`kaos logs\` (the logs are in ${home.logs}); \`kaos down\` stops everything.`;
}
