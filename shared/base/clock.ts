/** Time as a dependency, so that a test or the simulator can own it. */
import { setTimeout as delay } from "node:timers/promises";

/** Everything that waits or asks for the time does it here. */
export interface Clock {
  /** Milliseconds since the epoch. May jump in both directions: it is the machine's wall clock. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with an AbortError when the signal says stop. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }),
};

/**
 * Calls `beat` now and then every `everyMs`, one call at a time, until the signal says stop.
 * Resolves when stopped; rejects with what `beat` throws.
 */
export async function repeat(
  { clock, everyMs, signal }: { clock: Clock; everyMs: number; signal: AbortSignal },
  beat: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await beat();
    try {
      await clock.sleep(everyMs, signal);
    } catch {
      return;
    }
  }
}
