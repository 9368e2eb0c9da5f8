/** Weather: on a full disk, or at a lock that somebody keeps, a process that is to live for months waits and goes on; it does not end. */
import { type Clock, ignoreStop, type Log, messageOf, OperationalError } from "../base/index.ts";

/** The lock could not be had within the limit: some process holds it far too long. Nothing was written. */
export class DatabaseBusy extends OperationalError {
  override readonly name = "DatabaseBusy";
}

/** The disk refused a write. Nothing of the step was written; the same step may be tried again. */
export class DatabaseFull extends OperationalError {
  override readonly name = "DatabaseFull";
}

/** What the steps of one process wait with, over all its databases. Without it a step fails, and whoever asked is told at once. */
export type Patience = {
  /** Takes the step, again and again while the weather forbids it. Rejects with anything else, and with the weather once the process is to stop. */
  endure<Result>(step: () => Promise<Result>): Promise<Result>;
  /** What it waits for, as a sentence; undefined while it waits for nothing. */
  waitsFor(): string | undefined;
};

type Deps = {
  clock: Clock;
  log: Log;
  /** The process is to stop: nothing waits any longer. */
  signal: AbortSignal;
  /** Hears once that something waits, and why … */
  onWait?(because: string): void;
  /** … and once that nothing does any more. */
  onGoOn?(waitedMs: number): void;
};

/** A step that waits is tried again after this, then after twice as long … */
const AGAIN_FIRST_MS = 250;
/** … and never later than this: so soon everything goes on once there is room. A try costs microseconds. */
const AGAIN_MAX_MS = 2_000;

/** Patience of one process. The log hears of each trouble once, with what to do about it, and once that it is over. */
export function createPatience({ clock, log, signal, onWait, onGoOn }: Deps): Patience {
  let waiting = 0;
  let since = 0;
  let because: string | undefined;

  function begin(trouble: unknown): void {
    if (waiting++ > 0) return;
    because = messageOf(trouble);
    since = clock.now();
    log.error("waits", { because: `${because} This process stays up and goes on by itself.` });
    onWait?.(because);
  }

  function end(): void {
    if (--waiting > 0) return;
    because = undefined;
    const waitedMs = Math.max(0, clock.now() - since);
    log.info("goes on", { waitedMs });
    onGoOn?.(waitedMs);
  }

  async function wait<Result>(step: () => Promise<Result>, first: unknown): Promise<Result> {
    let trouble = first;
    begin(first);
    try {
      for (let tries = 0; ; tries++) {
        await clock.sleep(Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** tries), signal).catch(ignoreStop);
        if (signal.aborted) throw trouble;
        try {
          return await step();
        } catch (error) {
          if (!isWeather(error)) throw error;
          trouble = error;
        }
      }
    } finally {
      end();
    }
  }

  return {
    async endure(step) {
      try {
        return await step();
      } catch (error) {
        if (!isWeather(error) || signal.aborted) throw error;
        return wait(step, error);
      }
    },
    waitsFor: () => because,
  };
}

/** What SQLite and the system say of it. A file system that is damaged itself is not weather. */
const WEATHER = /^(SQLITE_(FULL|BUSY|IOERR(?!_(CORRUPTFS|DATA)))|ENOSPC|EDQUOT)/;

/** Whether this, or what caused it, passes by itself or with some space: neither damage nor a mistake of ours. */
export function isWeather(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && WEATHER.test(String(cause.code))) return true;
  return false;
}
