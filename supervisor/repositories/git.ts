/** git, for looking alone: a program with arguments, never a shell; nothing of the repository's own is run. */
import { execFile } from "node:child_process";
import { childEnv } from "../../shared/config/index.ts";

const BYTES_MAX = 8_000_000;
const DEADLINE_MS = 30_000;

/**
 * A repository is a stranger's folder: its hooks, its file-system monitor, its pager and its external diff are programs it
 * would have us start. Locks are not taken, so that the person's own git is not disturbed.
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
  "protocol.allow=never",
  "-c",
  "safe.bareRepository=explicit",
];

export type Git = (args: readonly string[], signal: AbortSignal) => Promise<string>;

/** Rejects with git's own last line when it cannot do it. */
export function gitIn(folder: string): Git {
  return (args, signal) =>
    new Promise((resolve, reject) => {
      const env = childEnv({ GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" });
      const options = {
        cwd: folder,
        env,
        signal,
        maxBuffer: BYTES_MAX,
        timeout: DEADLINE_MS,
        encoding: "utf8",
      } as const;
      execFile("git", [...SAFELY, ...args], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trimEnd());
        else if (signal.aborted) reject(signal.reason as Error);
        else reject(new Error(stderr.trim().split("\n").at(-1) || error.message, { cause: error }));
      });
    });
}
