/** The life of one process: start, run until told to stop, close what was opened, last opened first. */
import { systemClock } from "./clock.ts";
import { ignoreStop, messageOf, OperationalError } from "./errors.ts";
import type { Log } from "./log.ts";
import { stopWith } from "./signals.ts";

/** What a starting process hangs its parts on. */
export interface Lifetime {
  /** Says stop: by SIGINT, SIGTERM, a lost parent, or a part that failed. */
  readonly signal: AbortSignal;
  /** Closed in reverse order of these calls. */
  onClose(close: () => void | Promise<void>): void;
  /** A part that runs until the signal says stop; when it fails, the whole process stops and exits 1. */
  run(name: string, part: Promise<void>): void;
  /** Stops the process from inside. With a reason it exits 1 and says it. */
  stop(reason?: Error): void;
}

/** How long closing may take before the process ends anyway; pm2 waits a little longer. */
const CLOSE_MAX_MS = 6_000;
/** After a failure that passes by itself the process begins anew after this … */
const AGAIN_FIRST_MS = 500;
/** … then after twice as long, and never later than this. */
const AGAIN_MAX_MS = 4_000;

/**
 * Runs one process to its end and returns its exit code: 0 after a requested stop, 1 after a failure.
 * An OperationalError is told as its sentence alone; anything else is a bug and is logged with its stack.
 * After a failure that `passes` the process does not end: it closes what was opened, waits and starts again.
 */
export async function runProcess(
  log: Log,
  start: (lifetime: Lifetime) => Promise<void>,
  passes: (failure: unknown) => boolean = () => false,
): Promise<number> {
  const stopping = new AbortController();
  const onSignal = () => stopping.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  // The parent (pm2) is gone: without this the process would live on, unwatched, beside its successor.
  process.on("disconnect", onSignal);
  // It may have gone while this process was loading: nobody tells of that again.
  if (process.connected === false) stopping.abort();
  // Node keeps the timings of requests for whoever asks for them, which nobody does.
  performance.setResourceTimingBufferSize(0);

  let { failure, started } = await runOnce(log, start, stopping.signal);
  for (let times = 0; passes(failure) && !stopping.signal.aborted; times = started ? 0 : times + 1) {
    if (times === 0) log.error("starts again when it can", { because: messageOf(failure) });
    await systemClock.sleep(Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** times), stopping.signal).catch(ignoreStop);
    ({ failure, started } = await runOnce(log, start, stopping.signal));
  }
  process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("disconnect", onSignal);
  if (failure === undefined || passes(failure)) return 0;
  if (failure instanceof OperationalError) log.error("stopped", { because: messageOf(failure) });
  else log.error("stopped by a bug", { error: failure });
  return 1;
}

/** From start to the last thing closed: why it failed, undefined when it was told to stop, and whether it had come to run. */
async function runOnce(
  log: Log,
  start: (lifetime: Lifetime) => Promise<void>,
  outer: AbortSignal,
): Promise<{ failure: unknown; started: boolean }> {
  const stopping = new AbortController();
  const leave = stopWith(stopping, outer);
  const closers: (() => void | Promise<void>)[] = [];
  let failure: unknown;
  let started = false;
  const stop = (reason?: unknown) => {
    if (reason !== undefined) failure ??= reason;
    stopping.abort();
  };
  try {
    if (!stopping.signal.aborted)
      await start({
        signal: stopping.signal,
        onClose: (close) => void closers.push(close),
        run: (name, part) =>
          void part.catch((error: unknown) => {
            if (!stopping.signal.aborted) log.error("part failed", { part: name, error });
            stop(error);
          }),
        stop,
      });
    started = true;
    await stopped(stopping.signal);
  } catch (error) {
    stop(error);
  }

  const limit = setTimeout(() => {
    log.error("closing took too long", { limitMs: CLOSE_MAX_MS });
    process.exit(1);
  }, CLOSE_MAX_MS);
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      log.error("closing failed", { error });
    }
  }
  clearTimeout(limit);
  leave();
  return { failure, started };
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
