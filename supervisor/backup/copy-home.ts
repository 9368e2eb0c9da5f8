/** Copies a home while it is in use: databases by SQLite's own online backup, logs up to their last whole line, the rest as files. */
import { copyFile, mkdir, open, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { hashOf, MANIFEST, type Manifest } from "./manifest.ts";

/** Of one installation on one machine, or made anew: not worth keeping. */
const LEFT_OUT = new Set(["backups", "damaged", "pm2", "logs"]);
const FLEETING = /(?:\.lock(?:-\w+)?|-wal|-shm|-journal|\.tmp)$/;

type Copy = { from: string; to: string; version: string; madeAt: number; signal: AbortSignal };

/** Copies into `to`, in place of what is there. A copy that fails is taken away: a full disk has no room for half of one. */
export async function copyHome({ to, ...copy }: Copy): Promise<Manifest> {
  await rm(to, { recursive: true, force: true });
  try {
    return await copyInto({ to, ...copy });
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

async function copyInto({ from, to, version, madeAt, signal }: Copy): Promise<Manifest> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const paths = await filesBelow(from);
  const databases: string[] = [];
  const others: string[] = [];
  for (const path of paths) ((await isDatabase(join(from, path))) ? databases : others).push(path);
  // The index of an audit log knows its end: it is copied before the log, which then holds at least as much.
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const path of [...databases, ...others]) {
    signal.throwIfAborted();
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    if (databases.includes(path)) await copyDatabase(join(from, path), target);
    else if (!(await copyPlain(join(from, path), target))) continue;
    files[path] = { bytes: (await stat(target)).size, sha256: await hashOf(target) };
  }
  const manifest: Manifest = { kaos: version, madeAt, files };
  await writeFile(join(to, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  return manifest;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !FLEETING.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !LEFT_OUT.has(path.split(/[\\/]/)[0] ?? ""))
    .toSorted();
}

/** A copy as of one moment, while others may write. Throws DatabaseUnusable. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const db = openDatabase(from, { durability: "normal", readonly: true });
  try {
    // It is copied page by page, and begun anew whenever somebody has written in between, which under load is always. Who
    // reads sees one moment until the end.
    db.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
    await db.backup(to);
  } finally {
    db.close();
  }
}

/** False when the file has gone meanwhile. */
async function copyPlain(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  if (basename(to).endsWith(".jsonl")) await truncate(to, await wholeLines(to));
  return true;
}

/** Bytes up to and with the last line end: what follows was being written. */
async function wholeLines(path: string): Promise<number> {
  const file = await open(path);
  try {
    let end = (await file.stat()).size;
    const piece = Buffer.alloc(64 * 1024);
    while (end > 0) {
      const start = Math.max(0, end - piece.length);
      const { bytesRead } = await file.read(piece, 0, end - start, start);
      const at = piece.subarray(0, bytesRead).lastIndexOf("\n");
      if (at !== -1) return start + at + 1;
      end = start;
    }
    return 0;
  } finally {
    await file.close();
  }
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const head = Buffer.alloc(16);
    await file.read(head, 0, 16, 0);
    return head.toString("latin1") === "SQLite format 3\0";
  } finally {
    await file.close();
  }
}
