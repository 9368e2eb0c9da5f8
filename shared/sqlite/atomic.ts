/** One store method = one transaction = one atomic step, waiting for the lock without blocking the event loop. */
import type { Clock, Random } from "../base/index.ts";
import { type Database, isBusy } from "./open.ts";
import { DatabaseBusy, DatabaseFull, type Patience } from "./patience.ts";

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
const PAUSE_MAX_MS = 50;

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
  const attempt = async <Result>(step: () => Result): Promise<Result> => {
    const started = clock.now();
    for (let tries = 0; ; tries++) {
      try {
        return step();
      } catch (error) {
        if (isFull(error)) {
          throw new DatabaseFull(
            `The disk that holds ${db.name} is full or failing. Free some space; nothing was lost.`,
            {
              cause: error,
            },
          );
        }
        if (!isBusy(error)) throw error;
        if (Math.abs(clock.now() - started) > WAIT_MAX_MS) {
          throw new DatabaseBusy(
            `${db.name} stayed locked for ${WAIT_MAX_MS / 1000} s. See which process holds it with \`kaos doctor\`.`,
            {
              cause: error,
            },
          );
        }
        // Jitter outside SQLite: everybody gets a turn, and the event loop keeps running meanwhile.
        await clock.sleep(1 + random() * Math.min(PAUSE_MAX_MS, 2 ** tries));
      }
    }
  };
  const run: typeof attempt = (step) => patience?.endure(() => attempt(step)) ?? attempt(step);
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

function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "SQLITE_FULL" || String(error.code).startsWith("SQLITE_IOERR");
}
