/** What every command is given: its home, its settings, and how to talk to the person. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../shared/base/index.ts";
import { type Env, type Home, homeAt, programRoot, type RawEnv, readEnv } from "../shared/config/index.ts";
import { type Paint, paintFor } from "./terminal/paint.ts";

export type Context = {
  /** How a person here begins a command on this home, for lines that are to be copied. */
  kaos: string;
  home: Home;
  env: Env;
  /** The environment as it is set, for parts that have variables of their own. */
  raw: RawEnv;
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

/** Settles home and settings, once. Throws BadVariable. */
export function createContext(options: GlobalOptions): Context {
  const { env, raw } = readEnv();
  return {
    kaos: options.home === undefined ? programName() : `${programName()} --home ${options.home}`,
    home: homeAt(options.home ?? (env.KAOS_HOME || defaultHome())),
    env,
    raw,
    clock: systemClock,
    paint: paintFor(process.stdout),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** In a clone nothing is on the PATH, and npx finds it. */
export function programName(): string {
  return isClone() ? "npx kaos" : "kaos";
}

/** In a clone the data lies beside the code; an installed program has no place of its own. */
export function defaultHome(): string {
  return isClone() ? join(programRoot(), "data") : join(homedir(), ".kaos");
}

/** A clone has the project file that says how to build; a package from a registry comes built. */
function isClone(): boolean {
  return existsSync(join(programRoot(), "tsconfig.build.json"));
}
