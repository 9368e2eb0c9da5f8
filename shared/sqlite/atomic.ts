/** One store method = one transaction = one atomic step, waiting for the lock without blocking the event loop. */
import { type Clock, OperationalError, type Random } from "../base/index.ts";
import { type Database, isBusy } from "./open.ts";

/** The lock could not be had within the limit: some process holds it far too long. Nothing was written. */
export class DatabaseBusy extends OperationalError {
  override readonly name = "DatabaseBusy";
}

/** The disk refused a write. Nothing of the step was written; the same step may be tried again. */
export class DatabaseFull extends OperationalError {
  override readonly name = "DatabaseFull";
}

/** Makes store methods. Both kinds resolve in one synchronous step of SQLite: never an `await` inside. */
export interface Atomic {
  /** A method that only reads: one consistent view. */
  read<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
  /** A method that writes: BEGIN IMMEDIATE takes the lock before reading, so that what it reads is still true when it writes. */
  write<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
  /** A `write` of which nobody waits to hear: a beat, a lease renewed. It wakes nobody in this process. */
  writeQuietly<Args extends unknown[], Result>(step: (...args: Args) => Result): (...args: Args) => Promise<Result>;
}

const WAIT_MAX_MS = 10_000;
const PAUSE_MAX_MS = 50;

/** Steps on one connection. `onWrite` hears of each committed step that changed rows; one that only looked wakes nobody. Methods reject with DatabaseBusy or DatabaseFull. */
export function atomic(
  db: Database,
  { clock, random, onWrite }: { clock: Clock; random: Random; onWrite?: () => void },
): Atomic {
  const rowsChanged = db.prepare<[], number>("SELECT total_changes()").pluck();
  let rowsBefore = rowsChanged.get();
  const run = async <Result>(step: () => Result): Promise<Result> => {
    const started = clock.now();
    for (let attempt = 0; ; attempt++) {
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
        await clock.sleep(1 + random() * Math.min(PAUSE_MAX_MS, 2 ** attempt));
      }
    }
  };
  const writing =
    (heard: (() => void) | undefined): Atomic["write"] =>
    (step) => {
      const transaction = db.transaction(step);
      return async (...args) => {
        const result = await run(() => transaction.immediate(...args));
        const rows = rowsChanged.get();
        if (rows !== rowsBefore) heard?.();
        rowsBefore = rows;
        return result;
      };
    };
  return {
    read(step) {
      const transaction = db.transaction(step);
      return (...args) => run(() => transaction.deferred(...args));
    },
    write: writing(onWrite),
    writeQuietly: writing(undefined),
  };
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "SQLITE_FULL" || String(error.code).startsWith("SQLITE_IOERR");
}
