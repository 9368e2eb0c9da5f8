/** Where a log goes on: the place of its last whole line, and what a crash may have left after it. */
import { readSync } from "node:fs";
import { NEWLINE, type Place, placeOf } from "./chain.ts";
import { AuditFailure } from "./failure.ts";

const BLOCK_BYTES = 1 << 16;
/** A log without one whole line in its last 16 MiB is not one of ours. */
const END_BYTES_MAX = 1 << 24;

export type LogEnd = {
  /** Of the last whole line; undefined when none was written yet. */
  last: Place | undefined;
  /** What stands after the last whole line; empty in a log that was closed in peace. */
  wreck: Buffer;
  /** Whether the file ends in the middle of a line, were it only for the newline. */
  open: boolean;
};

/** Looks backwards from the end of a file of so many bytes. Throws an AuditFailure for a file that is no log. */
export function readEnd(fd: number, size: number): LogEnd {
  for (let bytes = Math.min(size, BLOCK_BYTES); ; bytes = Math.min(size, bytes * 4)) {
    const end = Buffer.alloc(bytes);
    readSync(fd, end, 0, bytes, size - bytes);
    const open = bytes > 0 && end[bytes - 1] !== NEWLINE;
    const found = lastWholeLine(end);
    if (found !== undefined) return { ...found, open };
    if (bytes === size) return { last: undefined, wreck: end, open };
    if (bytes >= END_BYTES_MAX) throw new AuditFailure("no line in its last part is one of an audit log");
  }
}

/** A line that lacks nothing but its newline is whole. */
function lastWholeLine(end: Buffer): { last: Place; wreck: Buffer } | undefined {
  for (let until = end.length; until > 0; until = Math.max(0, end.lastIndexOf(NEWLINE, until - 1))) {
    const last = placeOf(end.subarray(0, until));
    if (last !== undefined) return { last, wreck: end.subarray(until + 1) };
  }
  return undefined;
}
