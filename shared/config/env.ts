/** The environment of this process, read here and nowhere else, and what programs that it starts are given of it. */
import { loadDotEnv } from "./dot-env.ts";
import { defaultHome, type Home, homeAt } from "./paths.ts";
import { loadPolicy, type PolicyWord } from "./policy.ts";
import { isSet, type RawEnv, type Setting, settle } from "./settings.ts";
import type { Env } from "./variables.ts";

/** What a process was told before it started. */
export type Told = {
  env: Env;
  /** Texts in force, for parts that have variables of their own (PROVIDER_<ID>_…). */
  raw: RawEnv;
  /** Every variable of the list with what is in force and who said it. */
  settings: readonly Setting[];
};

/** Reads the environment, over a `.env` file in the program's folder, over a policy. Throws BadVariable at the first value that cannot be used. */
export function readEnv(from: RawEnv = process.env, policy: readonly PolicyWord[] = []): Told {
  return settle({ environment: from, dotEnv: loadDotEnv(), policy });
}

/**
 * Settles where the home is (`home` wins over KAOS_HOME) and reads its policy with everything else.
 * Throws BadVariable, or a ConfigProblem for a policy that cannot be used.
 */
export function readSettings(home?: string): Told & { home: Home } {
  const at = findHome(home);
  return { ...readEnv(process.env, loadPolicy(at.policy)), home: at };
}

/** The home that is meant: the one that was said, else that of KAOS_HOME, else where a home lies by default. */
export function findHome(said?: string): Home {
  const { KAOS_HOME: told } = { ...loadDotEnv(), ...process.env };
  return homeAt(said ?? (isSet(told) ? told.trim() : defaultHome()));
}

/** What programs that we start inherit: enough to run, none of our secrets. */
export function childEnv(extra: RawEnv = {}): NodeJS.ProcessEnv {
  const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "SystemRoot", "APPDATA"];
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...extra } as NodeJS.ProcessEnv;
}

/** Sets variables of this process, for packages that read them when they are imported. */
export function extendOwnEnv(extra: Record<string, string>): void {
  Object.assign(process.env, extra);
}

/** The whole environment with additions: for our own processes alone, which need it to find their settings. */
export function ownEnv(extra: RawEnv): NodeJS.ProcessEnv {
  return { ...process.env, ...extra } as NodeJS.ProcessEnv;
}
