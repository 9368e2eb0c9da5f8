/** The files of one log: the one that is written, and those before it, numbered in the order of their lines. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** `writtenAt` is when its last line was written, in milliseconds since the epoch. */
export type LogPart = { number: number; path: string; bytes: number; writtenAt: number };

/** `tool_calls.jsonl` becomes `tool_calls.000001.jsonl` when it is full. */
export function pathOfPart(log: string, number: number): string {
  return `${stem(log)}.${String(number).padStart(6, "0")}.jsonl`;
}

/** The index lies beside the log. */
export function pathOfIndex(log: string): string {
  return `${stem(log)}.index.db`;
}

/** The full files of a log, oldest first. */
export function fullParts(log: string): LogPart[] {
  const folder = dirname(log);
  if (!existsSync(folder)) return [];
  const begins = `${basename(stem(log))}.`;
  return readdirSync(folder)
    .flatMap((file) => {
      const number = file.startsWith(begins)
        ? Number(/^(\d{6,})\.jsonl$/.exec(file.slice(begins.length))?.[1] ?? 0)
        : 0;
      if (number === 0) return [];
      const { size, mtimeMs } = statSync(join(folder, file));
      return [{ number, path: join(folder, file), bytes: size, writtenAt: mtimeMs }];
    })
    .sort((one, other) => one.number - other.number);
}

/** All files of a log that are there; the one that is written has the number that it will get. */
export function partsOf(log: string): { number: number; path: string }[] {
  const full = fullParts(log);
  return [...full, { number: (full.at(-1)?.number ?? 0) + 1, path: log }].filter(({ path }) => existsSync(path));
}

/**
 * The files of a log from this number on, each looked up when the one before it was read: meanwhile the one that is written may have
 * been set aside, and the oldest may have gone.
 */
export function* partsFrom(log: string, first: number): Generator<{ number: number; path: string }> {
  for (let from = first; ; ) {
    const part = partsOf(log).find(({ number }) => number >= from);
    if (part === undefined) return;
    yield part;
    from = part.number + 1;
  }
}

function stem(log: string): string {
  return log.replace(/\.jsonl$/, "");
}
