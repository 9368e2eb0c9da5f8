/** A clock that stands still until the next thing happens, so that a week passes in seconds. */
import type { Clock } from "../../../shared/base/index.ts";

export type StoryClock = Clock & {
  /** Never back. */
  moveTo(at: number): void;
  pass(ms: number): void;
};

export function createStoryClock(start: number): StoryClock {
  let now = start;
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error("nobody waits on a clock that stands still")),
    moveTo(at) {
      now = Math.max(now, at);
    },
    pass(ms) {
      now += ms;
    },
  };
}
