/** One backup: a copy of the home, tried by restoring it, and older ones removed. */
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HomeCheck } from "./check-home.ts";
import { copyHome } from "./copy-home.ts";
import { restoreHome } from "./restore-home.ts";
import { backupName, broken, brokenBackups, unfinished, unfinishedBackups, wholeBackups } from "./whole-backups.ts";

export type BackedUp =
  | { made: true; folder: string; files: number; bytes: number; check: HomeCheck; removed: number }
  | { made: false; because: string };

type Asked = {
  home: string;
  backups: string;
  now: number;
  version: string;
  /** So many whole ones; Infinity for a folder that others may use as well, where nothing of an earlier backup is removed. */
  kept: number;
  signal: AbortSignal;
};

/** Nobody copies for so long: what is not finished then was left by a process that was killed. */
const COPYING_MAX_MS = 12 * 3_600_000;

/**
 * A copy gets its name when it was tried, and is gone when it could not be: a full disk, or a stop. One that cannot be
 * restored is kept under another name, to be looked at; only the newest of those.
 */
export async function backUp({ home, backups, now, version, kept, signal }: Asked): Promise<BackedUp> {
  const folder = join(backups, backupName(now));
  if (existsSync(folder)) return { made: false, because: `there is a backup of this second already: ${folder}` };
  const remove = async (names: readonly string[]) => {
    if (kept === Number.POSITIVE_INFINITY) return;
    for (const name of names) await rm(join(backups, name), { recursive: true, force: true });
  };
  await remove(leftBehind(backups, now));
  const copy = unfinished(folder);
  try {
    const { files } = await copyHome({ from: home, to: copy, version, madeAt: now, signal });
    const tried = await tryOut(copy, signal);
    if ("because" in tried) {
      await remove(brokenBackups(backups));
      await rename(copy, broken(folder));
      return { made: false, because: `the copy cannot be restored: ${tried.because}` };
    }
    await rename(copy, folder);
    const whole = wholeBackups(backups);
    const old = whole.slice(0, Math.max(0, whole.length - kept));
    await remove(old);
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    return { made: true, folder, files: Object.keys(files).length, bytes, check: tried, removed: old.length };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Half copies of killed processes, and broken ones but the newest. */
function leftBehind(backups: string, now: number): string[] {
  const began = unfinished(backupName(now - COPYING_MAX_MS));
  return [...unfinishedBackups(backups).filter((name) => name < began), ...brokenBackups(backups).slice(0, -1)];
}

async function tryOut(copy: string, signal: AbortSignal): Promise<HomeCheck | { because: string }> {
  const drill = await mkdtemp(join(tmpdir(), "kaos-drill-"));
  try {
    const tried = await restoreHome(copy, drill, signal);
    if (!tried.restored) return tried;
    const { problems } = tried.check;
    return problems.length > 0 ? { because: problems.join("; ") } : tried.check;
  } finally {
    await rm(drill, { recursive: true, force: true });
  }
}
