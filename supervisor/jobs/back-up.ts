import type { Clock } from "../../shared/base/index.ts";
import { type Home, programVersion } from "../../shared/config/index.ts";
import { backUp as makeBackup } from "../backup/back-up.ts";
import type { Job } from "./job.ts";

/** A week to notice that something is gone. */
export const BACKUPS_KEPT = 7;

/** Copies the home every night and tries the copy by restoring it. Speaks only through its failures. */
export function backUp({ home, clock }: { home: Pick<Home, "folder" | "backups">; clock: Clock }): Job {
  return {
    name: "back-up",
    schedule: { cron: "20 4 * * *" },
    purpose: `copies the whole home, tries the copy by restoring it, and keeps ${BACKUPS_KEPT}`,
    timeoutMs: 30 * 60_000,
    missed: { kind: "once" },
    retries: { max: 1, firstMs: 30 * 60_000 },
    jitterMs: 300_000,
    lane: "disk",
    async run(signal, { dryRun }) {
      if (dryRun) return { changed: false, summary: `it would copy ${home.folder} to ${home.backups}` };
      const { folder, backups } = home;
      const done = await makeBackup({
        home: folder,
        backups,
        now: clock.now(),
        version: programVersion(),
        kept: BACKUPS_KEPT,
        signal,
      });
      if (!done.made) throw new Error(done.because);
      const { files, bytes, check, removed } = done;
      return {
        changed: true,
        summary: `${files} files, ${Math.ceil(bytes / 1024)} KiB; restored for trial: ${check.databases} databases and ${check.auditLogs} audit logs are sound`,
        evidence: [done.folder],
        counters: { files, bytes, removed },
      };
    },
  };
}
