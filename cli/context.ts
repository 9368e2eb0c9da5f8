/** What every command is given: its home, its settings, and how to talk to the person. */
import { type Clock, systemClock } from "../shared/base/index.ts";
import {
  bringPersonas,
  type Env,
  type Home,
  isClone,
  type RawEnv,
  readSettings,
  type Setting,
} from "../shared/config/index.ts";
import { type Paint, paintFor } from "./terminal/paint.ts";

export type Context = {
  /** How a person here begins a command on this home, for lines that are to be copied. */
  kaos: string;
  home: Home;
  env: Env;
  /** The environment as it is set, for parts that have variables of their own. */
  raw: RawEnv;
  /** Every variable with who said it. */
  settings: readonly Setting[];
  clock: Clock;
  /** For what goes to stdout. */
  paint: Paint;
  /** One line, or several, on stdout: what was asked for. */
  print(text: string): void;
  /** One line, or several, on stderr: progress and advice, which never get into a pipe. */
  note(text: string): void;
};

/** Options that every command takes. */
export type GlobalOptions = { home?: string };

/** Settles home and settings, once. Throws BadVariable or a ConfigProblem. */
export function createContext(options: GlobalOptions): Context {
  bringPersonas();
  const { home, env, raw, settings } = readSettings(options.home);
  return {
    kaos: options.home === undefined ? programName() : `${programName()} --home ${inShell(options.home)}`,
    home,
    env,
    raw,
    settings,
    clock: systemClock,
    paint: paintFor(process.stdout),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** A word as a person types it into a shell. */
export function inShell(word: string): string {
  return /^[\w./~:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** In a clone nothing is on the PATH, and npx finds it. */
export function programName(): string {
  return isClone() ? "npx kaos" : "kaos";
}
