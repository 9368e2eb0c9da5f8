/** One backup: a copy of the home, tried by restoring it, and older ones removed. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HomeCheck } from "./check-home.ts";
import { copyHome } from "./copy-home.ts";
import { restoreHome } from "./restore-home.ts";

export type BackedUp =
  | { made: true; folder: string; files: number; bytes: number; check: HomeCheck; removed: number }
  | { made: false; because: string };

type Asked = { home: string; backups: string; now: number; version: string; kept: number; signal: AbortSignal };

/** A backup that cannot be restored is none: it is kept under another name, to be looked at. */
export async function backUp({ home, backups, now, version, kept, signal }: Asked): Promise<BackedUp> {
  const name = new Date(now).toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = join(backups, name);
  if (existsSync(folder)) return { made: false, because: `there is a backup of this second already: ${folder}` };
  const { files } = await copyHome({ from: home, to: folder, version, madeAt: now, signal });
  const drill = await mkdtemp(join(tmpdir(), "kaos-drill-"));
  try {
    const tried = await restoreHome(folder, drill, signal);
    const problems = tried.restored ? tried.check.problems : [tried.because];
    if (!tried.restored || problems.length > 0) {
      await rename(folder, `${folder}.broken`);
      return { made: false, because: `the copy cannot be restored: ${problems.join("; ")}` };
    }
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    const removed = await removeOld(backups, kept);
    return { made: true, folder, files: Object.keys(files).length, bytes, check: tried.check, removed };
  } finally {
    await rm(drill, { recursive: true, force: true });
  }
}

async function removeOld(backups: string, kept: number): Promise<number> {
  const whole = (await readdir(backups)).filter((name) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/.test(name)).toSorted();
  const old = whole.slice(0, Math.max(0, whole.length - kept));
  for (const name of old) await rm(join(backups, name), { recursive: true, force: true });
  return old.length;
}
