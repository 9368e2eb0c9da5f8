/** The end of a file that grows. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** `end` is the size of the file: where to read on. `cut` says that more was added than was read. */
export type Tail = { text: string; end: number; cut: boolean };

/**
 * Reads what was added to a file after its first `from` bytes, at most the last `bytesMax` of it; nothing, when there is no
 * file. One that has become shorter was set aside and begun again: then all of it is new.
 */
export function readTail(path: string, from: number, bytesMax: number): Tail {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return { text: "", end: 0, cut: false };
  }
  try {
    const { size } = fstatSync(file);
    const wanted = size < from ? 0 : from;
    const start = Math.max(wanted, size - bytesMax);
    const bytes = Buffer.alloc(size - start);
    readSync(file, bytes, 0, bytes.length, start);
    return { text: bytes.toString("utf8"), end: size, cut: start > wanted };
  } finally {
    closeSync(file);
  }
}
