/** The lines of a log file as bytes, one after the other, in bounded memory. */
import { createReadStream, openSync } from "node:fs";
import { NEWLINE } from "./chain.ts";

/** Ours are a few kilobytes. What is longer is none of ours, and would be kept in memory. */
const LINE_BYTES_MAX = 1 << 24;

export type Line = { line: Buffer; complete: boolean };

/**
 * Each line without its newline, as many at a time as were read: a promise for each of a million lines takes longer than to verify it.
 * `start` is the byte at which the first of them begins. `complete` is false for a last line that has no newline. An empty file has no lines.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  // Opened at once: a moment later this may be the path of another file.
  const fd = openSync(path, "r");
  for await (const chunk of createReadStream(path, { fd, start, highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, end);
      lines.push({ line: rest.length === 0 ? piece : Buffer.concat([rest, piece]), complete: true });
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = rest.length === 0 ? chunk.subarray(from) : Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > LINE_BYTES_MAX) throw new Error(`a line is longer than ${LINE_BYTES_MAX >> 20} MiB`);
    yield lines;
  }
  if (rest.length > 0) yield [{ line: rest, complete: false }];
}
