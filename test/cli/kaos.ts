/** The built `kaos` as a person starts it: a process of its own, on a home that nobody else has. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { programRoot } from "../../shared/config/index.ts";

export type Ran = { stdout: string; stderr: string; code: number | null };
export type Options = { env?: Record<string, string>; input?: string };

/** A folder that is gone after the test. The name is short because pm2's sockets lie in it. */
export function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Starts it; it is killed with the test, if it still runs then. Any free port, the offline model, nothing of this machine's settings. */
export function startKaos(
  home: string,
  words: readonly string[],
  { env = {}, input = "" }: Options = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [join(programRoot(), "dist/cli/main.js"), "--home", home, ...words], {
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      DASHBOARD_PORT: "0",
      KAOS_LITE_CHAIN: "",
      KAOS_STANDARD_CHAIN: "",
      SWARM_PACE: "0.05",
      ...env,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.end(input);
  return child;
}

/** Runs it to its end. */
export async function kaos(home: string, words: readonly string[], options: Options = {}): Promise<Ran> {
  const child = startKaos(home, words, options);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code: code as number | null };
}
