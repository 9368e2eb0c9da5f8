/** The lines of a log file as bytes, one after the other, in bounded memory. */
import { createReadStream } from "node:fs";
import { NEWLINE } from "./chain.ts";

/** Each line without its newline. `complete` is false for a last line that has none. An empty file has no lines. */
export async function* readLines(path: string): AsyncGenerator<{ line: Buffer; complete: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, end);
      yield { line: rest.length === 0 ? piece : Buffer.concat([rest, piece]), complete: true };
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = rest.length === 0 ? chunk.subarray(from) : Buffer.concat([rest, chunk.subarray(from)]);
  }
  if (rest.length > 0) yield { line: rest, complete: false };
}
