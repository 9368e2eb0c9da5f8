/** A clock that moves only when the test says so, and wakes whoever sleeps as it passes. */
import type { Clock } from "../../../shared/base/index.ts";

export type ManualClock = Clock & {
  /** Moves on by so much; those whose time has come wake in the order of their time. */
  advance(ms: number): void;
  /** Resolves with the length of the next sleep that `which` picks, past ones included; each is picked once. */
  slept(which: (ms: number) => boolean): Promise<number>;
};

export function manualClock(startMs = 1_000_000): ManualClock {
  let now = startMs;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const unseen: number[] = [];
  const watchers = new Set<() => void>();

  return {
    now: () => now,
    sleep(ms, signal) {
      unseen.push(ms);
      for (const look of watchers) look();
      return new Promise((resolve, reject) => {
        const sleeper = { atMs: now + ms, wake: resolve };
        const stop = () => {
          sleepers.delete(sleeper);
          reject(new DOMException("woken", "AbortError"));
        };
        if (signal?.aborted) return stop();
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      });
    },
    advance(ms) {
      now += ms;
      const due = [...sleepers].filter(({ atMs }) => atMs <= now).sort((one, other) => one.atMs - other.atMs);
      for (const sleeper of due) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    slept(which) {
      return new Promise((resolve) => {
        const look = () => {
          const at = unseen.findIndex(which);
          if (at === -1) return;
          watchers.delete(look);
          resolve(unseen.splice(at, 1)[0] ?? 0);
        };
        watchers.add(look);
        look();
      });
    },
  };
}
