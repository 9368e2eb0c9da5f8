/** git, for looking alone: a program with arguments, never a shell; nothing of the repository's own is run. */
import { execFile } from "node:child_process";
import { childEnv } from "../../shared/config/index.ts";

const BYTES_MAX = 8_000_000;
const DEADLINE_MS = 30_000;

/**
 * A repository is a stranger's folder: its hooks, its file-system monitor, its pager, its external diff, its filters and what
 * checks its signatures are programs it would have us start. Locks are not taken, so that the person's own git is not disturbed.
 */
const SAFELY = [
  "--no-optional-locks",
  "--no-pager",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "diff.external=",
  "-c",
  "log.showSignature=false",
  "-c",
  "safe.bareRepository=explicit",
];

/** What a repository lacks is fetched by whatever program it names for that, unless no way of fetching is allowed. */
const ENV = { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1", GIT_ALLOW_PROTOCOL: "", LC_ALL: "C" };

export type Git = (args: readonly string[], signal: AbortSignal) => Promise<string>;

/** Rejects with git's own last line when it cannot do it. */
export function gitIn(folder: string): Git {
  let filtersOff: Promise<string[]> | undefined;
  return async (args, signal) => {
    filtersOff ??= switchesOff(folder, signal);
    return run(folder, [...(await filtersOff), ...args], signal);
  };
}

/** A filter of the repository's own is a program that git runs over a file before it compares it: each is left without one. */
async function switchesOff(folder: string, signal: AbortSignal): Promise<string[]> {
  const asked = ["config", "--show-scope", "--null", "--name-only", "--get-regexp", "^filter\\."];
  const words = (await run(folder, asked, signal).catch(noneFound)).split("\0");
  const keys = words.filter((_, index) => index % 2 === 1 && /^(?:local|worktree)$/.test(words[index - 1] ?? ""));
  const filters = [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf("."))))];
  const odd = filters.find((filter) => filter.includes("="));
  if (odd !== undefined) throw new Error(`its ${odd} cannot be switched off, so nothing is looked at`);
  const off = ["clean=", "smudge=", "process=", "required=false"];
  return filters.flatMap((filter) => off.flatMap((setting) => ["-c", `${filter}.${setting}`]));
}

/** The end of `git config` that found nothing. */
function noneFound(error: Error): string {
  if ((error.cause as { code?: unknown } | undefined)?.code === 1) return "";
  throw error;
}

function run(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const options = {
    cwd: folder,
    env: childEnv(ENV),
    signal,
    maxBuffer: BYTES_MAX,
    timeout: DEADLINE_MS,
    encoding: "utf8",
  } as const;
  return new Promise((resolve, reject) => {
    execFile("git", [...SAFELY, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trimEnd());
      else if (signal.aborted) reject(signal.reason as Error);
      else reject(new Error(stderr.trim().split("\n").at(-1) || error.message, { cause: error }));
    });
  });
}
