/** What a process said last in its log: why it ended, if it did. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../../shared/config/index.ts";
import { readTail } from "./tail.ts";

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
  const lines = readTail(logOf(home, name), since, READ_BYTES_MAX)
    .text.split("\n")
    .filter((line) => line.trim() !== "");
  const ends = lines.flatMap((line) => endIn(line) ?? []);
  return { failures: ends.length, because: ends.at(-1) ?? lines.slice(-LINES_MAX).join("\n") };
}

/** "stopped" and "stopped by a bug" are what `runProcess` says last. */
function endIn(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { msg, because, error } = JSON.parse(line) as {
      msg?: string;
      because?: string;
      error?: { message?: string };
    };
    if (msg === "stopped") return because;
    return msg === "stopped by a bug" ? `a mistake of its own: ${error?.message}` : undefined;
  } catch {
    return undefined;
  }
}
