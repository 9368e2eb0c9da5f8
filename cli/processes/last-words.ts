/** What a process said last in its log: why it ended, if it did. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../../shared/config/index.ts";

export type LastWords = {
  /** How often it ended by a failure in what was read. */
  failures: number;
  /** Why it ended last, in its own words; the last lines of its log when it had none. Empty when the log is. */
  because: string;
};

/** What is read of a log's end at most. */
const READ_BYTES_MAX = 256 * 1_024;
/** Lines that are shown of a process that died without a word of its own. */
const LINES_MAX = 4;

/** The log that pm2 keeps of this process. */
export function logOf(home: Home, name: string): string {
  return join(home.logs, `${name}.log`);
}

/** Bytes that the log has now: where to read on from. */
export function logEnd(home: Home, name: string): number {
  return statSync(logOf(home, name), { throwIfNoEntry: false })?.size ?? 0;
}

/** Reads what this process has written since its log had so many bytes. */
export function lastWords(home: Home, name: string, since: number): LastWords {
  const lines = readFrom(logOf(home, name), since).split("\n").filter((line) => line.trim() !== "");
  const ends = lines.flatMap((line) => endIn(line) ?? []);
  return { failures: ends.length, because: ends.at(-1) ?? lines.slice(-LINES_MAX).join("\n") };
}

/** "stopped" and "stopped by a bug" are what `runProcess` says last. */
function endIn(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { msg, because, error } = JSON.parse(line) as { msg?: string; because?: string; error?: { message?: string } };
    if (msg === "stopped") return because;
    return msg === "stopped by a bug" ? `a mistake of its own: ${error?.message}` : undefined;
  } catch {
    return undefined;
  }
}

function readFrom(path: string, since: number): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(file);
    // A log that became shorter was set aside meanwhile.
    const from = Math.max(size < since ? 0 : since, size - READ_BYTES_MAX);
    const bytes = Buffer.alloc(size - from);
    readSync(file, bytes, 0, bytes.length, from);
    return bytes.toString("utf8");
  } finally {
    closeSync(file);
  }
}
