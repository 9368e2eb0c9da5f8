/** Notices that another process wrote, within 100 ms while there is something going on, without polling tables. */
import { type Clock, stopWith } from "../base/index.ts";
import type { Database } from "./open.ts";

/**
 * A counter that rises with every change of the database, by this process or another.
 * Read `version()` before looking at rows, then wait `past` it: a change in between is not missed.
 */
export interface Changes {
  version(): number;
  /** Resolves when the counter is above `version`, at the latest after `atMostMs`, or at once when the signal says stop. */
  past(version: number, options: { signal: AbortSignal; atMostMs: number }): Promise<void>;
}

export type Watch = Changes & {
  /** This process wrote: wakes its own waiters without asking SQLite. */
  touch(): void;
  close(): void;
};

/**
 * How often `PRAGMA data_version` is asked. It costs microseconds, and the waking more; watching the WAL file would cost a
 * resting swarm as much, and tell of a commit before it can be seen.
 */
const LOOK_EVERY_MS = 100;
/** The same after a rest: the first message of a conversation may be noticed this late. */
const RESTING_LOOK_EVERY_MS = 250;
/** So many looks without a change are a rest. */
const LOOKS_UNTIL_REST = 100;

type Options = {
  /** A number in the database that rises with each write that somebody may wait for. Without it every commit counts. */
  tide?: () => number | undefined;
};

/** Watches one database by `PRAGMA data_version`, which rises when another connection commits. */
export function watchDatabase(db: Database, clock: Clock, { tide }: Options = {}): Watch {
  let version = 0;
  let waiting = new Set<() => void>();
  const dataVersion = db.prepare<[], number>("PRAGMA data_version").pluck();
  let seen = dataVersion.get();
  let reached = tide?.();

  const rise = () => {
    version++;
    const woken = waiting;
    waiting = new Set();
    for (const wake of woken) wake();
  };
  let looksInVain = 0;
  const look = () => {
    const now = dataVersion.get();
    if (now === seen) return;
    seen = now;
    const level = tide?.();
    if (tide === undefined || level !== reached) {
      looksInVain = 0;
      rise();
    }
    reached = level;
  };
  let timer = later();
  function later(): NodeJS.Timeout {
    const resting = looksInVain++ > LOOKS_UNTIL_REST;
    const next = setTimeout(
      () => {
        timer = later();
        look();
      },
      resting ? RESTING_LOOK_EVERY_MS : LOOK_EVERY_MS,
    );
    return next.unref();
  }

  return {
    version: () => version,
    async past(from, { signal, atMostMs }) {
      if (version > from || signal.aborted) return;
      const patience = new AbortController();
      let wake = () => {};
      const change = new Promise<void>((resolve) => {
        wake = resolve;
        waiting.add(resolve);
      });
      const leave = stopWith(patience, signal);
      const limit = clock.sleep(atMostMs, patience.signal).catch(() => {});
      await Promise.race([change, limit]);
      leave();
      waiting.delete(wake);
      patience.abort();
    },
    touch() {
      looksInVain = 0;
      rise();
    },
    close() {
      clearTimeout(timer);
      rise();
    },
  };
}
