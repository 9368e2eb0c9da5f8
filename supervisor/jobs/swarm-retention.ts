import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Job } from "./job.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 90 * DAY_MS;
/** Threads of one step: agents wait for the lock no longer than a step takes. */
const THREADS_AT_ONCE = 50;
/** Between two steps, so that agents get their turns. */
const BREATH_MS = 20;

type Deps = { ledger: Pick<Ledger, "retention" | "checkpoint">; clock: Clock; keptMs?: number };

/** Forgets what was said and done in rooms so long ago; what was spent stays counted. */
export function swarmRetention({ ledger, clock, keptMs = KEPT_MS }: Deps): Job {
  return {
    name: "swarm-retention",
    schedule: { cron: "40 3 * * 0" },
    purpose: `deletes what the rooms' ledger holds from more than ${Math.round(keptMs / DAY_MS)} days ago, and checks the file`,
    timeoutMs: 30 * 60_000,
    missed: { kind: "once" },
    lane: "disk",
    async run(signal, { dryRun }) {
      const before = clock.now() - keptMs;
      const found = await ledger.retention.countBefore(before);
      if (dryRun)
        return { changed: false, summary: `it would delete ${found.messages} messages in ${found.threads} threads` };
      const counters: Record<string, number> = {};
      for (let more = true; more; ) {
        signal.throwIfAborted();
        const removed = await ledger.retention.removeBefore(before, THREADS_AT_ONCE);
        for (const [what, count] of Object.entries(removed)) counters[what] = (counters[what] ?? 0) + count;
        more = Object.values(removed).some((count) => count > 0);
        if (more) await clock.sleep(BREATH_MS, signal);
      }
      await ledger.checkpoint();
      const wrong = await ledger.retention.check();
      if (wrong.length > 0) throw new Error(`the ledger's file is damaged: ${wrong.join("; ")}`);
      const told = Object.entries(counters).map(([what, count]) => `${count} ${what}`);
      return {
        changed: Object.values(counters).some((count) => count > 0),
        summary: `deleted ${told.join(", ")}; the file is sound`,
        counters,
      };
    },
  };
}
