/** A line of a log in words: when, who, what, and the fields. */
import { cut } from "../shared/base/index.ts";
import type { LogLine } from "./processes/read-log.ts";
import { clockTime } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

const VALUE_CHARACTERS_MAX = 300;

/** One line without a newline; an error's sentence and stack follow below it. `column` is the width of the names. */
export function tellLogLine({ process, text, at, event }: LogLine, paint: Paint, column: number): string {
  const head = `${paint.soft(at === 0 ? "        " : clockTime(at))}  ${paint.agent(process.padEnd(column))}`;
  if (event === undefined) return `${head}  ${text}`;
  const { error, ...fields } = event.fields;
  const told = Object.entries(fields).map(([name, value]) => `${paint.soft(`${name}=`)}${shown(value)}`);
  const phrase =
    event.level >= 50 ? paint.bad(event.phrase) : event.level >= 40 ? paint.wait(event.phrase) : event.phrase;
  return [[head, phrase, ...told].join("  "), ...errorLines(error, paint)].join("\n");
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return cut(text, VALUE_CHARACTERS_MAX);
}

function errorLines(error: unknown, paint: Paint): string[] {
  if (typeof error !== "object" || error === null) return error === undefined ? [] : [`          ${String(error)}`];
  const { message, stack } = error as { message?: string; stack?: string };
  const lines = (stack ?? message ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line, index) => `          ${index === 0 ? line : paint.soft(line)}`);
}
