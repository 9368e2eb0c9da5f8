/** Brings a copy back as a home. */
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { checkHome, type HomeCheck } from "./check-home.ts";
import { hashOf, type Manifest, readManifest } from "./manifest.ts";

export type Restored = { restored: true; manifest: Manifest; check: HomeCheck } | { restored: false; because: string };

/** Copies every file of the backup into an empty folder, each checked by its hash, then checks the whole home. */
export async function restoreHome(from: string, to: string, signal: AbortSignal): Promise<Restored> {
  const read = readManifest(from);
  if ("because" in read) return { restored: false, because: read.because };
  if (existsSync(to) && (await readdir(to)).length > 0)
    return { restored: false, because: `${to} is not empty; name a folder that is, with --home` };
  for (const [path, { sha256 }] of Object.entries(read.files)) {
    signal.throwIfAborted();
    if (isAbsolute(path) || normalize(path).split(/[\\/]/).includes(".."))
      return { restored: false, because: `the backup names a file outside its folder: ${path}` };
    const source = join(from, path);
    if (!existsSync(source)) return { restored: false, because: `the backup lacks ${path}` };
    if ((await hashOf(source)) !== sha256)
      return { restored: false, because: `${path} is not as it was when the backup was made` };
  }
  for (const path of Object.keys(read.files)) {
    signal.throwIfAborted();
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), target);
    await chmod(target, 0o600);
  }
  return { restored: true, manifest: read, check: await checkHome(to, signal) };
}
