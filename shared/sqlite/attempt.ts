/** One step on one connection, tried again while somebody else holds the lock, without blocking the event loop. */
import type { Clock, Random } from "../base/index.ts";
import { type Database, isBusy } from "./open.ts";
import { DatabaseBusy, DatabaseFull } from "./patience.ts";

const PAUSE_MAX_MS = 50;

type Options = { clock: Clock; random: Random; atMostMs: number };

/** Rejects with DatabaseBusy after `atMostMs`, and with DatabaseFull at once. */
export async function attempt<Result>(
  db: Database,
  { clock, random, atMostMs }: Options,
  step: () => Result,
): Promise<Result> {
  const started = clock.now();
  for (let tries = 0; ; tries++) {
    try {
      return step();
    } catch (error) {
      if (isFull(error)) {
        throw new DatabaseFull(
          `The disk that holds ${db.name} is full or failing. Free some space; nothing was lost.`,
          { cause: error },
        );
      }
      if (!isBusy(error)) throw error;
      if (Math.abs(clock.now() - started) > atMostMs) {
        throw new DatabaseBusy(
          `${db.name} stayed locked for ${atMostMs / 1000} s. See which process holds it with \`kaos doctor\`.`,
          { cause: error },
        );
      }
      // Jitter outside SQLite: everybody gets a turn, and the event loop keeps running meanwhile.
      await clock.sleep(1 + random() * Math.min(PAUSE_MAX_MS, 2 ** tries));
    }
  }
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "SQLITE_FULL" || String(error.code).startsWith("SQLITE_IOERR");
}
