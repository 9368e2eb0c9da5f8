/** Reads the logs of processes: their last lines, and what is added while somebody looks. */
import { setTimeout as delay } from "node:timers/promises";
import { type LogEvent, readLogLine } from "../../shared/base/index.ts";
import { readTail } from "./tail.ts";

export type LogLine = {
  process: string;
  /** As it stands in the file. */
  text: string;
  /** When it was written; for a line that is not JSON, when the line before it was. */
  at: number;
  /** The event, when the line is one of ours. */
  event: Omit<LogEvent, "at"> | undefined;
};

export type ReadLog = {
  process: string;
  path: string;
  lines: LogLine[];
  /** Bytes read so far. */
  end: number;
};

/** Lines are found in so much of a log's end. */
const READ_BYTES_MAX = 4 * 1_024 * 1_024;
const LOOK_AGAIN_MS = 250;

/** The last lines of one log; none, when it does not exist. */
export function readLog(process: string, path: string, linesMax: number): ReadLog {
  const { text, end, cut } = readTail(path, 0, READ_BYTES_MAX);
  const lines = linesIn(process, text);
  // Reading began in the middle of a line.
  if (cut) lines.shift();
  return { process, path, lines: linesMax === 0 ? [] : lines.slice(-linesMax), end };
}

/** Calls `onLine` with every line that is added to these logs, until the signal says stop. */
export async function follow(
  logs: readonly ReadLog[],
  { signal, onLine }: { signal: AbortSignal; onLine(line: LogLine): void },
): Promise<void> {
  const open = logs.map((log) => ({ ...log, rest: "" }));
  while (!signal.aborted) {
    const added = open.flatMap((log) => {
      const { text, end } = readTail(log.path, log.end, READ_BYTES_MAX);
      log.end = end;
      const whole = log.rest + text;
      const border = whole.lastIndexOf("\n") + 1;
      log.rest = whole.slice(border);
      return linesIn(log.process, whole.slice(0, border));
    });
    for (const line of added.toSorted((a, b) => a.at - b.at)) onLine(line);
    await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

function linesIn(process: string, text: string): LogLine[] {
  let at = 0;
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const event = readLogLine(line);
      at = event?.at ?? at;
      return { process, text: line, at, event };
    });
}
