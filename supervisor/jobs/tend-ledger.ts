import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { readAdded } from "../../shared/schedule/index.ts";
import type { Job } from "./job.ts";

/** How long ended occurrences, and what jobs remember, are kept. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** What was to be done once stays on the timetable for so long afterwards, to be seen there. */
const ONCE_SHOWN_MS = 3 * 24 * 3_600_000;

/** Moves the WAL into the file and deletes what has expired, so that the ledger stays small. Never waits for a writer. */
export function tendLedger({ ledger, clock }: { ledger: Ledger; clock: Clock }): Job {
  return {
    name: "tend-ledger",
    schedule: { cron: "*/10 * * * *" },
    purpose:
      "moves the ledger's WAL into its file and deletes expired logins, old occurrences and reminders that are over",
    timeoutMs: 60_000,
    async run(_signal, { dryRun }) {
      if (dryRun) return { changed: false, summary: "it would make a checkpoint and delete what has expired" };
      await ledger.checkpoint();
      const logins = await ledger.logins.prune();
      const occurrences = await ledger.occurrences.prune(clock.now() - KEPT_MS);
      const notes = await ledger.jobs.forget(clock.now() - KEPT_MS);
      const reminders = await takeAwayOver(clock.now() - ONCE_SHOWN_MS);
      return {
        changed: logins + occurrences + notes + reminders > 0,
        summary: `checkpoint made; ${logins} expired logins, ${occurrences} old occurrences and ${reminders} reminders that are over deleted`,
        counters: { logins, occurrences, notes, reminders },
      };
    },
  };

  async function takeAwayOver(before: number): Promise<number> {
    const over = (await ledger.jobs.standings()).filter(({ added }) => {
      const schedule = added === null ? undefined : readAdded(added)?.schedule;
      return schedule !== undefined && "at" in schedule && schedule.at < before;
    });
    for (const { name } of over) await ledger.jobs.remove(name);
    return over.length;
  }
}
