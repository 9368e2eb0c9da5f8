/** The one door to an agent's files: nothing outside its workspace, no links, no more than fits. */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { OperationalError, secret } from "../../base/index.ts";

/** A path that is not one of the workspace's, or does not fit in. The message says what would. */
export class OutsideWorkspace extends OperationalError {
  override readonly name = "OutsideWorkspace";
}

/** Bytes of one file that are read or written. */
export const FILE_BYTES_MAX = 1_048_576;
/** Bytes of all files together. */
const WORKSPACE_BYTES_MAX = 256 * 1_048_576;
const ENTRIES_MAX = 10_000;
const DEPTH_MAX = 20;
const PATH_CHARACTERS_MAX = 1_000;

export interface Workspace {
  /** The file's text. Rejects with OutsideWorkspace, or what the system says of a file that is not there. */
  read(path: string): Promise<string>;
  /** Writes the whole file, aside first, so that a death in the middle leaves the old one. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Files and folders below, with sizes; folders end in a slash. */
  list(path: string): Promise<{ path: string; bytes: number }[]>;
}

/** The workspace in this folder, which is made when it is first written to. */
export function openWorkspace(folder: string): Workspace {
  return {
    async read(path) {
      const file = await openInside(await place(path, false));
      try {
        const { size } = await file.stat();
        if (size > FILE_BYTES_MAX) {
          throw new OutsideWorkspace(`${path} has ${size} bytes; a file of at most ${FILE_BYTES_MAX} can be read.`);
        }
        return await file.readFile("utf8");
      } finally {
        await file.close();
      }
    },
    async write(path, content) {
      const bytes = Buffer.byteLength(content);
      if (bytes > FILE_BYTES_MAX) {
        throw new OutsideWorkspace(`That is ${bytes} bytes; a file of at most ${FILE_BYTES_MAX} can be written.`);
      }
      const used = (await everything(folder)).reduce((sum, entry) => sum + entry.bytes, 0);
      if (used + bytes > WORKSPACE_BYTES_MAX) {
        throw new OutsideWorkspace(
          `The workspace is full (${used} of ${WORKSPACE_BYTES_MAX} bytes). Remove something first.`,
        );
      }
      const target = await place(path, true);
      if ((await statOf(target))?.isDirectory()) throw new OutsideWorkspace(`${path} is a folder. Name a file.`);
      const aside = join(dirname(target), `.${basename(target)}.${secret(6)}`);
      try {
        const file = await open(
          aside,
          constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
          0o600,
        );
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(aside, target);
      } finally {
        await rm(aside, { force: true });
      }
    },
    async list(path) {
      const top = path === "" || path === "." ? folder : await place(path, false);
      if (top !== folder) refuseLink(path, await statOf(top));
      const prefix = top === folder ? "" : `${path.replace(/\/+$/u, "")}/`;
      return (await everything(top)).map(({ path: below, bytes }) => ({ path: prefix + below, bytes }));
    },
  };

  /** Where the path lies, after every folder on the way was looked at: none of them is a link. */
  async function place(path: string, make: boolean): Promise<string> {
    const parts = partsOf(path);
    if (make) await mkdir(folder, { recursive: true, mode: 0o700 });
    let at = folder;
    for (const part of parts.slice(0, -1)) {
      at = join(at, part);
      const found = await statOf(at);
      if (found === undefined && make) await mkdir(at, { mode: 0o700 });
      else refuseLink(path, found);
    }
    return join(at, parts.at(-1) ?? "");
  }

  /** Opens without following a link, and looks once more at what was opened: it lies where it should. */
  async function openInside(path: string): Promise<FileHandle> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const opened = await file.stat();
      const real = await realpath(path);
      const inside = real.startsWith((await realpath(folder)) + sep);
      const named = await lstat(real);
      if (!opened.isFile() || !inside || named.ino !== opened.ino || named.dev !== opened.dev || opened.nlink > 1) {
        throw new OutsideWorkspace(`${basename(path)} is not a plain file of this workspace.`);
      }
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }
}

function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const wrong = path.startsWith("/") || /^[a-zA-Z]:|[\\\0]/u.test(path) || parts.includes("..");
  if (wrong || parts.length === 0 || parts.length > DEPTH_MAX || path.length > PATH_CHARACTERS_MAX) {
    throw new OutsideWorkspace(`"${path}" is not a path in your workspace. Write one like notes/plan.md.`);
  }
  return parts;
}

function refuseLink(path: string, found: Stats | undefined): void {
  if (found?.isSymbolicLink())
    throw new OutsideWorkspace(`${path} goes through a link. Only plain folders are allowed.`);
}

async function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}

/** Everything below a folder, links left out. */
async function everything(top: string): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  const visit = async (folder: string, prefix: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= ENTRIES_MAX) return;
      const path = prefix + entry.name;
      if (entry.isDirectory() && depth < DEPTH_MAX) {
        found.push({ path: `${path}/`, bytes: 0 });
        await visit(join(folder, entry.name), `${path}/`, depth + 1);
      } else if (entry.isFile()) {
        found.push({ path, bytes: (await statOf(join(folder, entry.name)))?.size ?? 0 });
      }
    }
  };
  await visit(top, "", 1);
  return found;
}
