/** JSON Lines on the disk, read and written without waiting: they are read inside transactions. */
import { closeSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { LINE_BYTES_MAX } from "./limits.ts";
import { ArchiveRefused } from "./refused.ts";

const PIECE_BYTES = 256 * 1024;

/** Writes lines to a file that is made with the first of them. */
export function createLineWriter(path: string): { write(line: unknown): void; close(): number } {
  let file: number | undefined;
  let lines = 0;
  let waiting = "";
  const flush = () => {
    if (file !== undefined && waiting !== "") writeSync(file, waiting);
    waiting = "";
  };
  return {
    write(line) {
      if (file === undefined) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        file = openSync(path, "wx", 0o600);
      }
      lines++;
      waiting += `${JSON.stringify(line)}\n`;
      if (waiting.length > PIECE_BYTES) flush();
    },
    /** Returns how many lines there are. */
    close() {
      flush();
      if (file !== undefined) closeSync(file);
      return lines;
    },
  };
}

/** The lines of a file, each checked. Throws ArchiveRefused with the file's name and the line's number. */
export function* readLines<Schema extends z.ZodType>(
  path: string,
  { schema, name }: { schema: Schema; name: string },
): Generator<z.output<Schema>> {
  let number = 0;
  for (const line of linesOf(path, name)) {
    number++;
    const parsed = schema.safeParse(parseLine(line, name, number));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join(".") ?? "";
      throw new ArchiveRefused(
        `Line ${number} of ${name} is not as it should be: ${where === "" ? "" : `${where}: `}${issue?.message ?? "unreadable"}.`,
      );
    }
    yield parsed.data;
  }
}

function parseLine(line: string, name: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new ArchiveRefused(`Line ${number} of ${name} is no JSON.`, { cause });
  }
}

function* linesOf(path: string, name: string): Generator<string> {
  const file = openSync(path, "r");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes: Buffer) => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new ArchiveRefused(`${name} is not text in UTF-8.`, { cause });
    }
  };
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    let parts: Buffer[] = [];
    let bytes = 0;
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      let from = 0;
      for (let end = piece.indexOf(10, from); end !== -1 && end < read; end = piece.indexOf(10, from)) {
        yield decode(Buffer.concat([...parts, piece.subarray(from, end)]));
        [parts, bytes, from] = [[], 0, end + 1];
      }
      bytes += read - from;
      if (bytes > LINE_BYTES_MAX) throw new ArchiveRefused(`${name} has a line of more than ${LINE_BYTES_MAX} bytes.`);
      parts.push(Buffer.from(piece.subarray(from, read)));
    }
    if (bytes > 0) yield decode(Buffer.concat(parts));
  } finally {
    closeSync(file);
  }
}
