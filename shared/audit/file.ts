/** The file that is written: one writer, whole lines, a chain that goes on where it ended, a new file when this one is full. */
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../base/index.ts";
import { type Place, START, sealLine } from "./chain.ts";
import { readEnd } from "./end.ts";
import { AuditFailure } from "./failure.ts";
import { fullParts, pathOfPart } from "./files.ts";

const sync = promisify(fdatasync);
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Where a line lies. */
export type Written = { place: Place; part: number; offset: number; bytes: number };

export type LogFile = {
  /** What a crash left after the last whole line, its last newline added. The first line appended goes after it. */
  wreck: Buffer;
  /** The last line of the log, wherever it lies; seq 0 for a log without one. */
  last(): Place;
  /** The numbers that follow begin after this one. */
  skipTo(seq: number): void;
  /** Hands one line to the system, or nothing of it. Throws an AuditFailure. */
  append(record: Record<string, unknown>): Written;
  /** Resolves when all that was appended is on the disk, with the last line of it. Rejects with an AuditFailure. */
  force(): Promise<Place>;
  /** Forces what can be forced, and says which is the last line that is on the disk; seq 0 when none is known to be. */
  close(): Place;
};

/**
 * Opens the log or begins it, in a folder that it makes when needed. A file of `bytesMax` is set aside, and the chain goes on in a new
 * one; `onFull` hears of it afterwards. Throws an AuditFailure.
 */
export function openFile(path: string, bytesMax: number, onFull: () => void): LogFile {
  let fd = attempt(`The audit log ${path} cannot be opened`, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, APPENDING, 0o600);
  });
  const { size, mode } = fstatSync(fd);
  const regular = (mode & constants.S_IFMT) === constants.S_IFREG;
  if (regular && (mode & 0o077) !== 0) fchmodSync(fd, 0o600);
  const end = attempt(`The audit log ${path} cannot be continued`, () => readEnd(fd, size));
  const full = regular ? fullParts(path) : [];
  let part = (full.at(-1)?.number ?? 0) + 1;
  let last = end.last ?? attempt(`The audit log ${path} cannot be continued`, () => endOf(full.at(-1)?.path));
  /** The last line that is known to be on the disk. */
  let forced = START;
  let bytes = size;
  let before = end.open ? "\n" : "";
  let open = true;

  /** Sets the full file aside. What fails here is tried again after the next line: the log only grows longer meanwhile. */
  const turnOver = (): void => {
    let next: number | undefined;
    try {
      // What is set aside is no longer forced with the lines that follow.
      fdatasyncSync(fd);
      forced = last;
      rmSync(`${path}.new`, { force: true });
      next = openSync(`${path}.new`, APPENDING | constants.O_EXCL, 0o600);
      renameSync(path, pathOfPart(path, part));
      renameSync(`${path}.new`, path);
    } catch {
      if (next !== undefined) closeSync(next);
      return;
    }
    closeSync(fd);
    fd = next;
    part++;
    bytes = 0;
    onFull();
  };

  return {
    wreck: end.open && end.wreck.length > 0 ? Buffer.concat([end.wreck, Buffer.from("\n")]) : end.wreck,
    last: () => last,
    skipTo(seq) {
      last = { ...last, seq };
    },
    append(record) {
      if (!open) throw new AuditFailure(`The audit log ${path} is closed.`);
      const found = fstatSync(fd);
      if (found.nlink === 0 || found.size !== bytes)
        throw new AuditFailure(
          `The audit log ${path} was deleted or changed by someone else. Let one process write it, and restart the agent.`,
        );
      const { line, place } = sealLine(record, last);
      const data = Buffer.from(`${before}${line}\n`);
      attempt(`The audit log ${path} cannot be written`, () => writeWhole(fd, data, bytes));
      const written = { place, part, offset: bytes + before.length, bytes: data.length - before.length - 1 };
      last = place;
      bytes += data.length;
      before = "";
      if (regular && bytes >= bytesMax) turnOver();
      return written;
    },
    async force() {
      const through = last;
      await sync(fd).catch((error: unknown) => {
        // A file that was set aside or closed meanwhile was forced before that.
        if (forced.seq >= through.seq) return;
        throw new AuditFailure(`The audit log ${path} cannot be forced to the disk: ${messageOf(error)}.`, {
          cause: error,
        });
      });
      if (forced.seq < through.seq) forced = through;
      return through;
    },
    close() {
      if (!open) return forced;
      open = false;
      try {
        fdatasyncSync(fd);
        forced = last;
      } catch {
        // Then nobody is told that these lines are safe.
      }
      closeSync(fd);
      return forced;
    },
  };
}

/** The last line of a full file; before the first file stands nothing. */
export function endOf(path: string | undefined): Place {
  if (path === undefined) return START;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readEnd(fd, fstatSync(fd).size).last ?? START;
  } finally {
    closeSync(fd);
  }
}

/** All of it or nothing: on a full disk the part that found room is taken back. */
function writeWhole(fd: number, bytes: Buffer, sizeBefore: number): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    if (written > 0) ftruncateSync(fd, sizeBefore);
    throw error;
  }
}

/** The failure of the world as our own, with what was tried. */
function attempt<Result>(what: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new AuditFailure(`${what}: ${messageOf(error)}.`, { cause: error });
  }
}
