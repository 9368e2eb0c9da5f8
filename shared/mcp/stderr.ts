/** What a server writes to stderr: the beginning of it in a file, the end of it in memory, and never more than a little of both. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";

/** Of one life of a server; what comes after that is read and dropped, so that a flood fills neither disk nor pipe. */
const LOG_BYTES_MAX = 1 << 20;
const LINE_CHARACTERS_MAX = 2_000;
const TAIL_LINES = 5;

export type Stderr = {
  take(piece: string): void;
  /** Its last lines, for a sentence about why it ended; empty when it wrote nothing. */
  tail(): string;
  close(): void;
};

/** Begins the log anew; that of the life before is kept beside it as `.old`. `redact` takes secrets out of a line. */
export function createStderr(path: string, redact: (text: string) => string): Stderr {
  if (existsSync(path)) renameSync(path, `${path}.old`);
  const fd = openSync(path, "w", 0o600);
  let bytes = 0;
  let rest = "";
  let open = true;
  const tail: string[] = [];

  const keep = (line: string): void => {
    if (line.trim() === "") return;
    const clean = redact(line);
    tail.push(clean.slice(0, 300));
    if (tail.length > TAIL_LINES) tail.shift();
    if (!open || bytes > LOG_BYTES_MAX) return;
    bytes += clean.length + 1;
    const last = bytes > LOG_BYTES_MAX ? "(the rest of what it wrote is not kept)\n" : "";
    try {
      writeSync(fd, `${clean}\n${last}`);
    } catch {
      // A full disk must not stop the server, and its words are not worth more than that.
      bytes = LOG_BYTES_MAX + 1;
    }
  };

  return {
    take(piece) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) keep(line.slice(0, LINE_CHARACTERS_MAX));
      if (rest.length > LINE_CHARACTERS_MAX) {
        keep(rest.slice(0, LINE_CHARACTERS_MAX));
        rest = "";
      }
    },
    tail() {
      if (rest !== "") keep(rest);
      rest = "";
      return tail.join(" / ");
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
