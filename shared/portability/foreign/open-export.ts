/** An export as its maker hands it out: a zip, the folder it was unpacked to, or the one file that counts. Nothing is unpacked to the disk. */
import { createReadStream, lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import type { Entry } from "yauzl";
import { messageOf, oneLine } from "../../base/index.ts";
import { ArchiveRefused } from "../refused.ts";

const FILES_MAX = 200_000;
const FILE_BYTES_MAX = 4 * 1024 ** 3;
/** What is read whole becomes one text, and JSON.parse needs several times its size. */
const WHOLE_BYTES_MAX = 256 * 1024 ** 2;
/** Text that people wrote shrinks to a fifth, at best to a fiftieth; a bomb to a thousandth. */
const SHRINKS_MAX = 200;
const SMALL_BYTES = 16 * 1024 ** 2;

export type ForeignExport = {
  /** Paths in it, with `/` between parts. */
  names: readonly string[];
  /** The pieces of one of them. */
  pieces(name: string): AsyncGenerator<Buffer>;
  /** One of them, whole, as text in UTF-8. */
  text(name: string): Promise<string>;
  close(): void;
};

/** Throws ArchiveRefused where there is nothing, or a zip that is damaged or a bomb. */
export async function openExport(path: string): Promise<ForeignExport> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ArchiveRefused(`There is no ${path}.`);
  if (found.isDirectory()) return openFolder(path);
  if (!found.isFile()) throw new ArchiveRefused(`${path} is neither a file nor a folder.`);
  return (await isZip(path)) ? openZip(path) : openFiles(path, [basename(path)], () => path);
}

function openFolder(folder: string): ForeignExport {
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory()) return [];
    return readdirSync(join(folder, entry.name), { withFileTypes: true })
      .filter((inner) => inner.isFile())
      .map((inner) => `${entry.name}/${inner.name}`);
  });
  return openFiles(folder, names.toSorted(), (name) => join(folder, name));
}

function openFiles(path: string, names: readonly string[], pathOf: (name: string) => string): ForeignExport {
  if (names.length > FILES_MAX) throw new ArchiveRefused(`${path} has more than ${FILES_MAX} files.`);
  return {
    names,
    async *pieces(name) {
      for await (const piece of createReadStream(pathOf(name))) yield piece as Buffer;
    },
    async text(name) {
      const { size } = lstatSync(pathOf(name));
      if (size > WHOLE_BYTES_MAX) throw tooLarge(name, size);
      return textOfPieces(createReadStream(pathOf(name)), name);
    },
    close() {},
  };
}

async function openZip(path: string): Promise<ForeignExport> {
  const { openPromise } = await import("yauzl");
  const damaged = (cause: unknown) =>
    cause instanceof ArchiveRefused
      ? cause
      : new ArchiveRefused(`${path} is damaged, or no zip: ${oneLine(messageOf(cause))}.`, { cause });
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= FILES_MAX) throw new ArchiveRefused(`${path} has more than ${FILES_MAX} files.`);
      if (!entry.fileName.endsWith("/")) entries.set(entry.fileName, entry);
    }
    const open = async (name: string): Promise<Readable> => {
      const entry = entries.get(name);
      if (entry === undefined) throw new ArchiveRefused(`${path} has no ${name}.`);
      const { compressedSize, uncompressedSize: size } = entry;
      if (size > FILE_BYTES_MAX) throw tooLarge(name, size);
      if (size > SMALL_BYTES && size > compressedSize * SHRINKS_MAX)
        throw new ArchiveRefused(
          `${name} would grow from ${compressedSize} to ${size} bytes: that is no export, that is a zip bomb.`,
        );
      return zip.openReadStreamPromise(entry);
    };
    return {
      names: [...entries.keys()].toSorted(),
      async *pieces(name) {
        try {
          for await (const piece of await open(name)) yield piece as Buffer;
        } catch (cause) {
          throw damaged(cause);
        }
      },
      async text(name) {
        const size = entries.get(name)?.uncompressedSize ?? 0;
        if (size > WHOLE_BYTES_MAX) throw tooLarge(name, size);
        try {
          return await textOfPieces(await open(name), name);
        } catch (cause) {
          throw damaged(cause);
        }
      },
      close: () => zip.close(),
    };
  } catch (cause) {
    throw damaged(cause);
  }
}

async function textOfPieces(pieces: Readable, name: string): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece as Buffer);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(all));
  } catch (cause) {
    throw new ArchiveRefused(`${name} is not text in UTF-8.`, { cause });
  }
}

/** JSON that is read whole. Throws ArchiveRefused with where it breaks. */
export async function readJson(from: ForeignExport, name: string): Promise<unknown> {
  const text = await from.text(name);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ArchiveRefused(`${name} is no JSON, or was cut off: ${oneLine(messageOf(cause)).slice(0, 200)}.`, {
      cause,
    });
  }
}

async function isZip(path: string): Promise<boolean> {
  for await (const piece of createReadStream(path, { end: 3 }))
    return (piece as Buffer).toString("latin1").startsWith("PK");
  return false;
}

function tooLarge(name: string, size: number): ArchiveRefused {
  return new ArchiveRefused(`${name} has ${size} bytes, more than can be read. Export fewer conversations at once.`);
}
