/** One store method = one transaction = one atomic step, waiting for the lock without blocking the event loop. */
import type { Clock, Random } from "../base/index.ts";
import { attempt } from "./attempt.ts";
import type { Database } from "./open.ts";
import type { Patience } from "./patience.ts";

/** Makes store methods. Both kinds resolve in one synchronous step of SQLite: never an `await` inside. */
export interface Atomic {
  /** A method that only reads: one consistent view. */
  read<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
  /** A method that writes: BEGIN IMMEDIATE takes the lock before reading, so that what it reads is still true when it writes. */
  write<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
  /** A `write` of which nobody waits to hear. It wakes nobody, in no process. */
  writeQuietly<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
  /**
   * A quiet `write` that a power cut may take back, since it says nothing about a machine that was off: a beat, a lease
   * renewed. It does not wait for the disk.
   */
  writeLightly<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
}

/** `PRAGMA synchronous`: the log is not waited for at each commit; the next full one waits for all of it. */
const NORMAL = 1;
const WAIT_MAX_MS = 10_000;

type Options = {
  clock: Clock;
  random: Random;
  /** Hears of each committed step that changed rows; one that only looked wakes nobody. */
  onWrite?: () => void;
  /** Marks, inside such a step, that somebody may want to know of it: for `watchDatabase` in other processes. */
  mark?: () => void;
  /** Waits out what would make a step reject with DatabaseBusy or DatabaseFull. */
  patience?: Patience | undefined;
};

/** Steps on one connection. Without patience methods reject with DatabaseBusy or DatabaseFull. */
export function atomic(db: Database, { clock, random, onWrite, mark, patience }: Options): Atomic {
  const rowsChanged = db.prepare<[], number>("SELECT total_changes()").pluck();
  const once = <Result>(step: () => Result) => attempt(db, { clock, random, atMostMs: WAIT_MAX_MS }, step);
  const run: typeof once = (step) => patience?.endure(() => once(step)) ?? once(step);
  const write: Atomic["write"] = (step) => {
    const transaction = db.transaction((...args: Parameters<typeof step>) => {
      const before = rowsChanged.get();
      const result = step(...args);
      const changed = rowsChanged.get() !== before;
      if (changed) mark?.();
      return { result, changed };
    });
    return async (...args) => {
      const { result, changed } = await run(() => transaction.immediate(...args));
      if (changed) onWrite?.();
      return result;
    };
  };
  const writeQuietly: Atomic["writeQuietly"] = (step) => {
    const transaction = db.transaction(step);
    return (...args) => run(() => transaction.immediate(...args));
  };
  const durable = Number(db.pragma("synchronous", { simple: true }));
  const writeLightly: Atomic["writeLightly"] = (step) => {
    if (durable <= NORMAL) return writeQuietly(step);
    const transaction = db.transaction(step);
    // SQLite takes this setting while it compiles the statement, so it cannot be prepared once.
    const light = (...args: Parameters<typeof step>) => {
      db.pragma(`synchronous = ${NORMAL}`);
      try {
        return transaction.immediate(...args);
      } finally {
        db.pragma(`synchronous = ${durable}`);
      }
    };
    return (...args) => run(() => light(...args));
  };
  return {
    read(step) {
      const transaction = db.transaction(step);
      return (...args) => run(() => transaction.deferred(...args));
    },
    write,
    writeQuietly,
    writeLightly,
  };
}
