/** What the processes wrote about themselves: the ends of their logs, as one list by time. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { readLogLine } from "../../shared/base/index.ts";

export type LoggedLine = {
  process: string;
  /** Of a line that is none of ours, the time of the one before it. */
  at: number;
  level: "error" | "warning" | "info";
  phrase: string;
  fields: Readonly<Record<string, unknown>>;
};

/** Of each log so much of its end is looked at. */
const END_BYTES_MAX = 128 * 1024;
/** The levels of pino, from which on a line is one. */
const WARNING = 40;
const ERROR = 50;

/** The processes that have written a log in this folder. */
export function processesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .map((name) => basename(name, ".log"))
    .toSorted();
}

/** The last lines of these logs, newest first. Throws what reading a file throws. */
export function readLines(folder: string, processes: readonly string[]): LoggedLine[] {
  const lines = processes.flatMap((process) => {
    let at = 0;
    return endOf(join(folder, `${process}.log`)).map((text) => {
      const line = lineOf(process, text, at);
      at = line.at;
      return line;
    });
  });
  // Stable: what one process wrote in one millisecond stays in its order.
  return lines.toSorted((one, other) => one.at - other.at).toReversed();
}

function endOf(path: string): string[] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - END_BYTES_MAX);
    const bytes = Buffer.alloc(size - from);
    readSync(file, bytes, 0, bytes.length, from);
    const lines = bytes.toString("utf8").split("\n");
    // Reading began in the middle of a line.
    if (from > 0) lines.shift();
    return lines.filter((line) => line.trim() !== "");
  } finally {
    closeSync(file);
  }
}

function lineOf(process: string, text: string, before: number): LoggedLine {
  const event = readLogLine(text);
  if (event === undefined) return { process, at: before, level: "info", phrase: text, fields: {} };
  const { at = before, level, phrase, fields } = event;
  return { process, at, level: level >= ERROR ? "error" : level >= WARNING ? "warning" : "info", phrase, fields };
}
