/** The built `kaos` as a person starts it, on a home that nobody else has. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { programRoot } from "../../shared/config/index.ts";
import { type Ran, runInKept } from "./kept.ts";

export type { Ran } from "./kept.ts";
export type Options = { env?: Record<string, string>; input?: string };

/** A folder that is gone after the test. The name is short because pm2's sockets lie in it. */
export function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The main file of the build. */
const program = () => join(programRoot(), "dist/cli/main.js");

/** Any free port, the offline model, nothing of this machine's settings. */
function settings(home: string, env: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    DASHBOARD_PORT: "0",
    KAOS_LITE_CHAIN: "",
    KAOS_STANDARD_CHAIN: "",
    SWARM_PACE: "0.05",
    ...env,
  };
}

/** Starts it as a process of its own; it is killed with the test, if it still runs then. */
export function startKaos(
  home: string,
  words: readonly string[],
  { env = {}, input = "" }: Options = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program(), "--home", home, ...words], { env: settings(home, env) });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.end(input);
  return child;
}

/** Runs it to its end as a process of its own, for what is the process's: that it ends, what it leaves behind, signals, pm2. */
export async function kaosAlone(home: string, words: readonly string[], options: Options = {}): Promise<Ran> {
  const child = startKaos(home, words, options);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code: code as number | null };
}

/** Runs one command to its end, the same build from the same main file, in a process that is kept for the next one. */
export function kaos(home: string, words: readonly string[], { env = {}, input = "" }: Options = {}): Promise<Ran> {
  return runInKept({ program: program(), words: ["--home", home, ...words], env: settings(home, env), input });
}
