/** Wakes processes that rest beside the same file: a touch of its times, which the kernel tells whoever listens. It carries nothing. */
import { type FSWatcher, utimesSync, watch } from "node:fs";

export type Bell = {
  ring(): void;
  /** From now on, until it is deaf again. Where the system cannot tell of it, nothing is ever heard. */
  hear(onRing: () => void): void;
  /** Whether anything was heard since it began to listen. */
  heard(): boolean;
  deafen(): void;
};

/**
 * The bell of a database is the file itself, not its log, which would tell of every beat of every process. It is never
 * opened for that: with the first descriptor that it closes, a process loses all its POSIX locks on a file, SQLite's among them.
 */
export function createBell(path: string): Bell {
  let ear: FSWatcher | undefined;
  let heard = false;
  const deafen = () => {
    ear?.close();
    ear = undefined;
    heard = false;
  };
  return {
    ring() {
      const now = new Date();
      try {
        utimesSync(path, now, now);
      } catch {
        // The file of somebody else, or a disk that only reads: whoever listens looks by himself.
      }
    },
    hear(onRing) {
      deafen();
      try {
        ear = watch(path, { persistent: false }, () => {
          heard = true;
          onRing();
        }).on("error", deafen);
      } catch {
        // No more watches allowed, or none on this file system.
      }
    },
    heard: () => heard,
    deafen,
  };
}
