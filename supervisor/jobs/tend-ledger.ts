import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Job } from "./job.ts";

/** How long ended occurrences, and what jobs remember, are kept. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Moves the WAL into the file and deletes what has expired, so that the ledger stays small. Never waits for a writer. */
export function tendLedger({ ledger, clock }: { ledger: Ledger; clock: Clock }): Job {
  return {
    name: "tend-ledger",
    schedule: { cron: "*/10 * * * *" },
    purpose: "moves the ledger's WAL into its file and deletes expired logins and old occurrences",
    timeoutMs: 60_000,
    async run(_signal, { dryRun }) {
      if (dryRun) return { changed: false, summary: "it would make a checkpoint and delete what has expired" };
      await ledger.checkpoint();
      const logins = await ledger.logins.prune();
      const occurrences = await ledger.occurrences.prune(clock.now() - KEPT_MS);
      const notes = await ledger.jobs.forget(clock.now() - KEPT_MS);
      return {
        changed: logins + occurrences + notes > 0,
        summary: `checkpoint made; ${logins} expired logins and ${occurrences} old occurrences deleted`,
        counters: { logins, occurrences, notes },
      };
    },
  };
}
