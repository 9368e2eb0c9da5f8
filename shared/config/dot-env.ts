/** The file `.env`: read at every start, and changed line by line so that a person's own words in it stay. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { messageOf } from "../base/index.ts";
import { defaultHome, isClone, programRoot } from "./paths.ts";
import { ConfigProblem } from "./problem.ts";

/** Where it lies: in the program's folder in a clone; a program that was installed keeps nothing beside its code. */
export function dotEnvFile(): string {
  return join(isClone() ? programRoot() : defaultHome(), ".env");
}

/** What it says; nothing where there is none. */
export function loadDotEnv(file = dotEnvFile()): Record<string, string | undefined> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}

/**
 * Sets or removes one variable and leaves everything else as it stands: the last line that sets it is the one that counts, so that
 * one changes; a variable that is new goes to the end. Readable by its owner only afterwards. Throws a ConfigProblem.
 */
export function setInDotEnv(name: string, value: string | undefined, file = dotEnvFile()): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const after = withVariable(before, name, value);
  // What would be read is what was meant, of this variable and of all others.
  const expected: Record<string, string | undefined> = { ...parseEnv(before) };
  if (value === undefined) delete expected[name];
  else expected[name] = value;
  if (JSON.stringify(sorted(parseEnv(after))) !== JSON.stringify(sorted(expected)))
    throw new ConfigProblem(
      `${file} holds a value of several lines near ${name}, so nothing was changed. Edit it by hand.`,
    );
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, after, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new ConfigProblem(`${file} cannot be written: ${messageOf(cause)}. Nothing was changed.`, { cause });
  }
}

function withVariable(text: string, name: string, value: string | undefined): string {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const sets = new RegExp(`^\\s*(export\\s+)?${name}\\s*=`);
  const last = lines.findLastIndex((line) => sets.test(line));
  const line = value === undefined ? [] : [`${name}=${quoted(value)}`];
  const kept = value === undefined ? lines.filter((one) => !sets.test(one)) : lines;
  if (value !== undefined) kept.splice(last === -1 ? kept.length : last, last === -1 ? 0 : 1, ...line);
  return kept.length === 0 ? "" : `${kept.join("\n")}\n`;
}

/** In quotes where the value would be read otherwise without them. */
function quoted(value: string): string {
  if (/^[\w./:@,+*%-]*$/u.test(value)) return value;
  const quote = ["'", '"', "`"].find((one) => !value.includes(one));
  if (quote !== undefined && !/[\n\r]/u.test(value)) return `${quote}${value}${quote}`;
  throw new ConfigProblem(
    "A value with line breaks, or with all three kinds of quotes, cannot stand in .env. Set it in the environment.",
  );
}

function sorted(read: Record<string, string | undefined>): [string, string | undefined][] {
  return Object.entries(read).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
