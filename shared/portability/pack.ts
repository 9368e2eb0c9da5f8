/** A folder becomes one tar: the manifest first, then every file sorted by name, with the same bytes whenever the files are the same. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { isArchiveName, MANIFEST } from "./layout.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { ArchiveRefused } from "./refused.ts";

type About = Pick<Manifest, "kaos" | "madeAt" | "agents" | "counts">;

/** Made aside and moved to `to` when it is whole. Compressed when the name says so. Throws ArchiveRefused where a file is. */
export async function pack(folder: string, to: string, about: About): Promise<Manifest> {
  if (existsSync(to)) throw new ArchiveRefused(`${to} is there already. Name a file that is not.`);
  if (!existsSync(dirname(to))) throw new ArchiveRefused(`There is no folder ${dirname(to)}.`);
  const names = await namesBelow(folder);
  const files: Manifest["files"] = {};
  for (const name of names) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, sha256: await hashOf(path) };
  }
  const text = writeManifest({ ...about, files });
  await writeFile(join(folder, MANIFEST), text, { mode: 0o600 });
  const { create } = await import("tar");
  const aside = `${to}.unfinished`;
  try {
    await rm(aside, { force: true });
    // `portable` leaves out whose the files are and when they were made; the modes are ours.
    const options = {
      file: aside,
      mode: 0o600,
      cwd: folder,
      portable: true,
      mtime: new Date(0),
      strict: true,
      noDirRecurse: true,
    };
    await create({ ...options, gzip: /\.t?gz$/.test(to) }, [MANIFEST, ...names]);
    await rename(aside, to);
  } finally {
    await rm(aside, { force: true });
  }
  return JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as Manifest;
}

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(isArchiveName)
    .toSorted();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
