/** Where a log goes on: the hash of its last whole line, and what a crash may have left after it. */
import { readSync } from "node:fs";
import { NEWLINE, sealOf } from "./chain.ts";
import { AuditFailure } from "./failure.ts";

const BLOCK_BYTES = 1 << 16;
/** A log without one whole line in its last 16 MiB is not one of ours. */
const END_BYTES_MAX = 1 << 24;

export type LogEnd = {
  /** Undefined when no whole line was written yet. */
  hash: string | undefined;
  /** What stands after the last whole line; empty in a log that was closed in peace. */
  wreck: Buffer;
};

/** Looks backwards from the end of a file of so many bytes. Throws an AuditFailure for a file that is no log. */
export function readEnd(fd: number, size: number): LogEnd {
  for (let bytes = Math.min(size, BLOCK_BYTES); ; bytes = Math.min(size, bytes * 4)) {
    const end = Buffer.alloc(bytes);
    readSync(fd, end, 0, bytes, size - bytes);
    const found = lastWholeLine(end);
    if (found !== undefined) return found;
    if (bytes === size) return { hash: undefined, wreck: end };
    if (bytes > END_BYTES_MAX) throw new AuditFailure("no line in its last part is one of an audit log");
  }
}

/** The newline that ends a line is part of it; a sealed line without one is unfinished. */
function lastWholeLine(end: Buffer): LogEnd | undefined {
  for (
    let newline = end.lastIndexOf(NEWLINE);
    newline >= 0;
    newline = newline === 0 ? -1 : end.lastIndexOf(NEWLINE, newline - 1)
  ) {
    const hash = sealOf(end.subarray(0, newline));
    if (hash !== undefined) return { hash, wreck: end.subarray(newline + 1) };
  }
  return undefined;
}
