import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Job } from "./job.ts";

/** How long ended occurrences are kept. */
const OCCURRENCES_KEPT_MS = 90 * 24 * 3_600_000;

/** Moves the WAL into the file and deletes what has expired, so that the ledger stays small. Never waits for a writer. */
export function tendLedger({ ledger, clock }: { ledger: Ledger; clock: Clock }): Job {
  return {
    name: "tend-ledger",
    schedule: "*/10 * * * *",
    purpose: "moves the ledger's WAL into its file and deletes expired logins and old occurrences",
    timeoutMs: 60_000,
    async run() {
      await ledger.checkpoint();
      const logins = await ledger.logins.prune();
      const occurrences = await ledger.occurrences.prune(clock.now() - OCCURRENCES_KEPT_MS);
      return {
        changed: logins + occurrences > 0,
        summary: `checkpoint made; ${logins} expired logins and ${occurrences} old occurrences deleted`,
      };
    },
  };
}
