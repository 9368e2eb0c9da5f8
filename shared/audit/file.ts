/** The file of a log: one writer, whole lines, a chain that goes on where it ended. */
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../base/index.ts";
import { CHAIN_START, sealLine } from "./chain.ts";
import { readEnd } from "./end.ts";
import { AuditFailure } from "./failure.ts";

const sync = promisify(fdatasync);

export type LogFile = {
  /** What a crash left after the last whole line, its last newline added. The first line appended goes after it. */
  wreck: Buffer;
  /** Hands one line to the system, or nothing of it. Throws an AuditFailure. */
  append(record: Record<string, unknown>): void;
  /** Resolves when all that was appended is on the disk. */
  force(): Promise<void>;
  close(): void;
};

/** Opens the log or begins it, in a folder that it makes when needed. Throws an AuditFailure. */
export function openFile(path: string): LogFile {
  const fd = attempt(`The audit log ${path} cannot be opened`, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  });
  const { size, mode } = fstatSync(fd);
  if ((mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o077) !== 0) fchmodSync(fd, 0o600);
  const end = attempt(`The audit log ${path} cannot be continued`, () => readEnd(fd, size));
  let previous = end.hash ?? CHAIN_START;
  let bytes = size;
  let before = end.open ? "\n" : "";
  let open = true;

  return {
    wreck: end.open && end.wreck.length > 0 ? Buffer.concat([end.wreck, Buffer.from("\n")]) : end.wreck,
    append(record) {
      if (!open) throw new AuditFailure(`The audit log ${path} is closed.`);
      const found = fstatSync(fd);
      if (found.nlink === 0 || found.size !== bytes)
        throw new AuditFailure(
          `The audit log ${path} was deleted or changed by someone else. Let one process write it, and restart the agent.`,
        );
      const { line, hash } = sealLine(record, previous);
      const written = Buffer.from(`${before}${line}\n`);
      attempt(`The audit log ${path} cannot be written`, () => writeWhole(fd, written, bytes));
      previous = hash;
      bytes += written.length;
      before = "";
    },
    async force() {
      await sync(fd).catch((error: unknown) => {
        throw new AuditFailure(`The audit log ${path} cannot be forced to the disk: ${messageOf(error)}.`, {
          cause: error,
        });
      });
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(fd);
    },
  };
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
