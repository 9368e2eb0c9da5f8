/** A tar becomes files in a folder aside: plain files of known names, as large and as many as may be, each as its manifest says. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, lstatSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReadEntry } from "tar";
import { messageOf, oneLine } from "../base/index.ts";
import { isArchiveName, MANIFEST } from "./layout.ts";
import { ARCHIVE_BYTES_MAX, ARCHIVE_FILE_BYTES_MAX, ARCHIVE_FILES_MAX, SMALL_FILE_BYTES_MAX } from "./limits.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { ArchiveRefused } from "./refused.ts";

type Written = { bytes: number; sha256: string };

/** `to` is an empty folder that nobody else knows. Throws ArchiveRefused with the reason; what was written until then is for the caller to remove. */
export async function unpack(file: string, to: string, signal: AbortSignal): Promise<Manifest> {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new ArchiveRefused(`There is no file ${file}.`);
  if (!found.isFile()) throw new ArchiveRefused(`${file} is no file. Name an archive of \`kaos export\`.`);
  if (found.size > ARCHIVE_BYTES_MAX) throw new ArchiveRefused(`${file} has more than ${ARCHIVE_BYTES_MAX} bytes.`);
  const written = await writeAll(file, to, signal);
  const manifest = written.has(MANIFEST)
    ? readManifest(readFileSync(join(to, MANIFEST), "utf8"))
    : refuse("It has no manifest.json, so it is no archive of `kaos export`.");
  written.delete(MANIFEST);
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const here = written.get(name);
    if (here === undefined) refuse(`It lacks ${shown(name)}: it was cut off, or changed.`);
    if (here?.bytes !== bytes || here.sha256 !== sha256)
      refuse(`${shown(name)} is not as it was when it was exported.`);
  }
  for (const name of written.keys())
    if (!Object.hasOwn(manifest.files, name)) refuse(`It has ${shown(name)}, of which its manifest knows nothing.`);
  return manifest;
}

async function writeAll(file: string, to: string, signal: AbortSignal): Promise<Map<string, Written>> {
  const { Parser } = await import("tar");
  const written = new Map<string, Written>();
  const folded = new Set<string>();
  let problem: string | undefined;
  let bytes = 0;
  const take = (entry: ReadEntry): void => {
    problem ??= problemWith(entry);
    if (problem !== undefined) return void entry.resume();
    const { path: name } = entry;
    folded.add(name.toLowerCase());
    bytes += entry.size;
    mkdirSync(dirname(join(to, name)), { recursive: true, mode: 0o700 });
    const target = openSync(join(to, name), "wx", 0o600);
    const hash = createHash("sha256");
    let size = 0;
    // Written at once, piece by piece, so that nothing of a large file waits in memory.
    entry.on("data", (piece: Buffer) => {
      size += piece.length;
      hash.update(piece);
      writeSync(target, piece);
    });
    entry.on("end", () => {
      closeSync(target);
      written.set(name, { bytes: size, sha256: hash.digest("hex") });
    });
  };
  const problemWith = ({ path: name, type, size }: ReadEntry): string | undefined => {
    if (type !== "File" && type !== "OldFile")
      return `It has ${shown(name)}, which is no plain file (${type}); links, folders and devices are not unpacked.`;
    if (!isArchiveName(name)) return `It has a file that no export has: ${shown(name)}.`;
    if (folded.has(name.toLowerCase())) return `It has ${shown(name)} twice.`;
    if (folded.size >= ARCHIVE_FILES_MAX) return `It has more than ${ARCHIVE_FILES_MAX} files.`;
    if (size > (name === MANIFEST ? SMALL_FILE_BYTES_MAX : ARCHIVE_FILE_BYTES_MAX))
      return `${shown(name)} is too large.`;
    return bytes + size > ARCHIVE_BYTES_MAX ? `It holds more than ${ARCHIVE_BYTES_MAX} bytes.` : undefined;
  };

  const parser = new Parser({ strict: true, onReadEntry: take });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  ended.catch(() => {});
  try {
    for await (const piece of createReadStream(file, { signal })) {
      parser.write(piece as Buffer);
      if (problem !== undefined) throw new ArchiveRefused(problem);
    }
    parser.end();
    await ended;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof ArchiveRefused) throw cause;
    throw new ArchiveRefused(`It is damaged, or no tar: ${oneLine(messageOf(cause)).replace(/^TAR_\w+: /, "")}.`, {
      cause,
    });
  }
  if (problem !== undefined) throw new ArchiveRefused(problem);
  return written;
}

function refuse(because: string): never {
  throw new ArchiveRefused(because);
}

/** A name from outside, as it may be shown on a terminal. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
