import { copyFile, readdir, rename, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "./job.ts";

/** A log file above this size is set aside … */
const LOG_MAX_BYTES = 10 * 1024 * 1024;
/** … and so many older ones are kept beside it. */
const KEPT = 3;

/** Keeps the logs of the seven processes bounded. pm2 holds the files open, so they are copied aside and emptied. */
export function rotateLogs({ folder }: { folder: string }): Job {
  return {
    name: "rotate-logs",
    schedule: { cron: "7 * * * *" },
    purpose: `sets log files above ${LOG_MAX_BYTES / 1024 / 1024} MiB aside and keeps ${KEPT} older ones each`,
    timeoutMs: 60_000,
    async run(signal, { dryRun }) {
      const rotated: string[] = [];
      for (const name of await logsIn(folder)) {
        signal.throwIfAborted();
        const path = join(folder, name);
        if ((await stat(path)).size <= LOG_MAX_BYTES) continue;
        if (!dryRun) await setAside(path);
        rotated.push(name);
      }
      return {
        changed: rotated.length > 0,
        summary: rotated.length === 0 ? "all logs are small" : `set aside ${rotated.join(", ")}`,
      };
    },
  };
}

async function setAside(path: string): Promise<void> {
  await rm(`${path}.${KEPT}`, { force: true });
  for (let n = KEPT - 1; n >= 1; n--) await rename(`${path}.${n}`, `${path}.${n + 1}`).catch(ignoreMissing);
  await copyFile(path, `${path}.1`);
  await truncate(path);
}

async function logsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ignoreMissing);
  return (names ?? []).filter((name) => name.endsWith(".log"));
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
