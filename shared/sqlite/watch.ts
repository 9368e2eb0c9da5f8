/** Notices that another process wrote: at once after a rest, within 100 ms while there is something going on, without polling tables. */
import { type Clock, stopWith } from "../base/index.ts";
import { type Bell, createBell } from "./bell.ts";
import type { Database } from "./open.ts";
import { isWeather } from "./patience.ts";

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
  /** This process wrote: wakes its own waiters without asking SQLite, and rings for those of others. */
  touch(): void;
  close(): void;
};

/** How often `PRAGMA data_version` is asked. It costs microseconds, and the waking more. */
const LOOK_EVERY_MS = 100;
/** So many looks without a change are a rest. */
const LOOKS_UNTIL_REST = 100;
/** So long the bell need not be rung again: whoever heard it looks often for ten times as long. */
const SILENT_MS = 1_000;
/** The same after a rest, where the bell is not heard: the first message of a conversation is noticed this late at most. */
const DEAF_LOOK_EVERY_MS = 250;
/** … and where it is: for whoever wrote without ringing, because it was killed in between. */
const RESTING_LOOK_EVERY_MS = 5_000;

type Options = {
  /** A number in the database that rises with each write that somebody may wait for. Without it every commit counts. */
  tide?: () => number | undefined;
  /** The one of the file unless told otherwise. */
  bell?: Bell;
  looksUntilRest?: number;
};

/** Watches one database by `PRAGMA data_version`, which rises when another connection commits. */
export function watchDatabase(
  db: Database,
  clock: Clock,
  { tide, bell = createBell(db.name), looksUntilRest = LOOKS_UNTIL_REST }: Options = {},
): Watch {
  let version = 0;
  let waiting = new Set<() => void>();
  const dataVersion = db.prepare<[], number>("PRAGMA data_version").pluck();
  let seen = dataVersion.get();
  let reached = tide?.();
  let looksInVain = 0;
  let rungAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  goOn();

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
      // Who waits here hears of this write now: the next look has nothing new to tell of it.
      unlessWeather(() => {
        reached = tide?.();
      });
      ringForOthers();
      rouse();
      rise();
    },
    close() {
      clearTimeout(timer);
      bell.deafen();
      rise();
    },
  };

  function look(): void {
    unlessWeather(compare);
  }

  function unlessWeather(step: () => void): void {
    try {
      step();
    } catch (error) {
      // Nobody waits for a look, and the next one sees the same.
      if (!isWeather(error)) throw error;
    }
  }

  function compare(): void {
    const now = dataVersion.get();
    if (now === seen) return;
    seen = now;
    const level = tide?.();
    if (tide === undefined || level !== reached) {
      rouse();
      rise();
    }
    reached = level;
  }

  function rise(): void {
    version++;
    const woken = waiting;
    waiting = new Set();
    for (const wake of woken) wake();
  }

  function ringForOthers(): void {
    const now = performance.now();
    if (now - rungAt < SILENT_MS) return;
    rungAt = now;
    bell.ring();
  }

  /** Something goes on: it looks often, and needs no bell for that. */
  function rouse(): void {
    const rested = looksInVain > looksUntilRest;
    looksInVain = 0;
    if (!rested) return;
    bell.deafen();
    clearTimeout(timer);
    goOn();
  }

  function goOn(): void {
    if (looksInVain++ === looksUntilRest) rest();
    const restingMs = bell.heard() ? RESTING_LOOK_EVERY_MS : DEAF_LOOK_EVERY_MS;
    timer = setTimeout(
      () => {
        goOn();
        look();
      },
      looksInVain > looksUntilRest ? restingMs : LOOK_EVERY_MS,
    ).unref();
  }

  /** Whether a bell is heard here shows by one's own ringing; the look that it leads to also finds what came just before. */
  function rest(): void {
    bell.hear(look);
    bell.ring();
  }
}
