/** How the processes of one world notice that somebody wrote: one counter for all of them, on the clock of that world. */
import type { Watch } from "../sqlite/index.ts";
import type { VirtualClock } from "./clock.ts";

/** A write is noticed after this: as late as processes notice each other's. */
const NOTICE_MS = 100;

/**
 * Signals are looked at only between waits, which spares two thirds of the time: who stops the world or a process touches
 * the counter as well.
 */
export function createSharedWatch(clock: VirtualClock): Watch {
  let version = 0;
  let noticing = false;
  let waiting = new Set<() => void>();
  return {
    version: () => version,
    past(from, { signal, atMostMs }) {
      if (version > from || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          stop();
          resolve();
        };
        const stop = clock.alarm(atMostMs, () => {
          waiting.delete(wake);
          resolve();
        });
        waiting.add(wake);
      });
    },
    touch() {
      if (noticing) return;
      noticing = true;
      clock.alarm(NOTICE_MS, () => {
        noticing = false;
        version++;
        const woken = waiting;
        waiting = new Set();
        for (const wake of woken) wake();
      });
    },
    close() {},
  };
}
