/** Writes down how far the log goes, where the log is not: at the start, every hour, when a file is full, at the end. */
import { type Clock, repeat } from "../base/index.ts";
import type { Audit } from "./audit.ts";
import type { Place } from "./chain.ts";

const EVERY_MS = 60 * 60_000;

type Occasion = "start" | "hour" | "rotation" | "close";

export type CheckpointDeps = {
  audit: Audit;
  clock: Clock;
  /** Writes it down elsewhere: in the ledger. */
  note(head: Place & { occasion: Occasion }): Promise<void>;
  /** Hears that it could not be written down. Calls go on: the next checkpoint covers these lines too. */
  onFailure(error: unknown): void;
};

export type Checkpoints = {
  /** Keeps writing until the signal says stop. */
  run(signal: AbortSignal): Promise<void>;
  /** A file was set aside. */
  rotated(): Promise<void>;
  /** The last one, before the log is closed. */
  close(): Promise<void>;
};

/** A head is written down only when the line is safe on the disk: a loss of power must not look like a cut. */
export function createCheckpoints({ audit, clock, note, onFailure }: CheckpointDeps): Checkpoints {
  let noted = 0;
  const check = async (occasion: Occasion): Promise<void> => {
    try {
      const head = await audit.checkpoint();
      if (head.seq === noted) return;
      await note({ ...head, occasion });
      noted = head.seq;
    } catch (error) {
      onFailure(error);
    }
  };
  return {
    async run(signal) {
      let occasion: Occasion = "start";
      await repeat({ clock, everyMs: EVERY_MS, signal }, async () => {
        await check(occasion);
        occasion = "hour";
      });
    },
    rotated: () => check("rotation"),
    close: () => check("close"),
  };
}
