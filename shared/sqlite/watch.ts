/** Notices that another process wrote, within 100 ms, without polling tables. */
import { type FSWatcher, watch as watchFile } from "node:fs";
import type { Clock } from "../base/index.ts";
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

/** How often `PRAGMA data_version` is asked when the file system says nothing; it costs microseconds. */
const LOOK_EVERY_MS = 100;

/** Watches one database by its WAL file and by `PRAGMA data_version`, which rises when another connection commits. */
export function watchDatabase(db: Database, clock: Clock): Watch {
  let version = 0;
  let waiting = new Set<() => void>();
  const dataVersion = db.prepare<[], number>("PRAGMA data_version").pluck();
  let seen = dataVersion.get();

  const rise = () => {
    version++;
    const woken = waiting;
    waiting = new Set();
    for (const wake of woken) wake();
  };
  const look = () => {
    const now = dataVersion.get();
    if (now === seen) return;
    seen = now;
    rise();
  };
  // One commit writes the WAL several times, and six processes commit often: what is told in one turn of the event loop
  // is looked at once.
  let toLook: NodeJS.Immediate | undefined;
  const lookSoon = () => {
    toLook ??= setImmediate(() => {
      toLook = undefined;
      look();
    });
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  const watcher = watchWal(`${db.name}-wal`, lookSoon);

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
      const limit = clock.sleep(atMostMs, AbortSignal.any([signal, patience.signal])).catch(() => {});
      await Promise.race([change, limit]);
      waiting.delete(wake);
      patience.abort();
    },
    touch: rise,
    close() {
      clearInterval(timer);
      clearImmediate(toLook);
      watcher?.close();
      rise();
    },
  };
}

/** Not every file system tells of changes; then the timer alone does the work. */
function watchWal(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watchFile(path, { persistent: false }, onChange);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
