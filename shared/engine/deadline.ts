/** A limit of time on something that takes an AbortSignal. */
import { type Clock, stopWith } from "../base/index.ts";

export type Deadline = {
  /** Says stop when the time is over, when the outer signal does, or after `end`. */
  signal: AbortSignal;
  /** Whether it was the time that ended it. */
  passed(): boolean;
  /** Stops the waiting. Whoever started the deadline calls this. */
  end(): void;
};

/** Starts counting now, on the clock's sleep and not on its time of day, which may jump. */
export function startDeadline(clock: Clock, limitMs: number, outer: AbortSignal): Deadline {
  const inner = new AbortController();
  const leave = stopWith(inner, outer);
  let passed = false;
  clock.sleep(limitMs, inner.signal).then(
    () => {
      passed = true;
      inner.abort(new DOMException(`${limitMs} ms are over`, "TimeoutError"));
    },
    () => {}, // Ended before its time.
  );
  return {
    signal: inner.signal,
    passed: () => passed,
    end() {
      leave();
      inner.abort(ENDED);
    },
  };
}

/** One for all: every call of a tool has a deadline, and making an error with a stack is the dearest part of it. */
const ENDED = new DOMException("What this was the deadline of has ended.", "AbortError");

/** Resolves when the signal says stop; never rejects. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
