/** Time as a dependency, so that a test or the simulator can own it. */
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
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(STOPPED);
      const stop = () => {
        clearTimeout(timer);
        reject(STOPPED);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
        Math.max(0, ms),
      );
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

/** One for all: most waits are limits that are taken back, and an error with a stack of its own costs more than the rest of them. */
const STOPPED = new DOMException("The waiting was stopped.", "AbortError");

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
