/** A server as a child process: alone in its group, and dead with us, however we end. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type Clock, messageOf } from "../base/index.ts";
import { McpFailure } from "./failure.ts";
import { createStderr } from "./stderr.ts";

/**
 * The server takes the place of this shell, so its process is our child and its group's leader. What stays behind is a watcher
 * of 1 MB that reads from descriptor 3, a pipe whose other end we hold: when it closes, be it because we closed it or because
 * somebody killed us with -9, the watcher kills the whole group. The text is constant; what is run arrives as arguments.
 */
const WATCHED = '(read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

const SHELL = "kaos-mcp";

/** By this variable in its environment a process is known as ours, also when it left its group. */
export const OWNER_VARIABLE = "KAOS_MCP_OWNER";

/** How long a server may take to end by itself after its input was closed, and again after SIGTERM. */
const GRACE_MS = 1_500;

export type ChildOptions = {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** The server's own folder: its HOME, where it runs unless told otherwise, and where its log lies. */
  folder: string;
  cwd?: string;
  owner: string;
  clock: Clock;
  redact(text: string): string;
};

export type Child = {
  pid: number;
  process: ChildProcess;
  /** Resolves once it has ended and its group is gone, with the reason as half a sentence: "exited with code 1: …". */
  ended: Promise<string>;
  /** Asks it to end, insists, and kills what is left of its group. */
  close(): Promise<void>;
};

/** Starts the server. Rejects with an McpFailure when that is not possible. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { command, args, folder, clock, owner } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stderr = createStderr(join(folder, "stderr.log"), options.redact);
  const onWindows = process.platform === "win32";
  const [file, argv] = onWindows ? [command, [...args]] : ["/bin/sh", ["-c", WATCHED, SHELL, command, ...args]];
  const child = spawn(file, argv, {
    cwd: options.cwd ?? folder,
    env: { HOME: folder, ...options.env, [OWNER_VARIABLE]: owner },
    detached: !onWindows,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const lifeline = child.stdio[3] as Duplex;
  // Writing to a server that is gone is no news: that it ended is told by `ended`.
  for (const stream of [child.stdin, lifeline]) stream?.on("error", () => {});
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => stderr.take(piece));

  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${messageOf(error)}`));
    child.once("exit", (code, signal) => {
      lifeline.destroy();
      resolve(how(command, code, signal));
    });
  });
  // `close` comes after the last byte of its output: the reason it gave is complete then.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = exited.then(async (reason) => {
    if (child.pid !== undefined) await Promise.race([closed, clock.sleep(GRACE_MS)]);
    const said = stderr.tail();
    stderr.close();
    // What the shell says when there is nothing to run, is said better above.
    return said === "" || said.startsWith(SHELL) ? reason : `${reason}: ${said}`;
  });

  const { pid } = child;
  if (pid === undefined) throw new McpFailure("unreachable", `${command} ${await ended}`);

  return {
    pid,
    process: child,
    ended,
    async close() {
      child.stdin?.end();
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        if (await within(GRACE_MS, exited, clock)) break;
        killGroup(pid, signal);
      }
      lifeline.destroy();
      await ended;
    },
  };
}

/** Whether it came in time. */
async function within(ms: number, event: Promise<unknown>, clock: Clock): Promise<boolean> {
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(
    () => false,
    () => false,
  );
  const came = await Promise.race([event.then(() => true), late]);
  timer.abort();
  return came;
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function how(command: string, code: number | null, signal: NodeJS.Signals | null): string {
  // What a shell ends with when there is no such program, or none that may be run.
  if (code === 127) return `could not be started, is ${command} installed and on the PATH?`;
  if (code === 126) return `could not be started, may ${command} be executed?`;
  return signal === null ? `ended with code ${code ?? "unknown"}` : `was ended by ${signal}`;
}
