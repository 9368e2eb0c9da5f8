/** Runs one program to its end: arguments as a list, an environment of its own, and limits on time and output. */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Where programs may lie; what the PATH of whoever started us says is nobody's business. */
const PROGRAM_FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin"];

export type ChildOptions = {
  env: Readonly<Record<string, string>>;
  /** What it reads on its standard input; nothing by default. */
  stdin?: string;
  signal: AbortSignal;
  deadlineMs: number;
  /** Of each of its two outputs. One byte more ends it. */
  outputBytesMax: number;
};

export type Ended = {
  /** How it ended: by itself, or by us because it took or wrote too much. `missing`: it could not be started. */
  end: "exit" | "deadline" | "output" | "missing";
  /** Its exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
};

/** The real path of an installed program; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const found = PROGRAM_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  return found === undefined ? undefined : realpathSync(found);
}

/** Rejects with the signal's reason when told to stop, after the program and all it started are gone. */
export async function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  const { env, stdin = "", signal, deadlineMs, outputBytesMax } = options;
  signal.throwIfAborted();
  // A process group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { env: { ...env }, shell: false, detached: true, stdio: "pipe" });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let end: Ended["end"] = "exit";
  const kill = (): void => {
    // Without an id there is nothing to kill, and a group that is gone is what was wanted.
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {}
  };
  const cut = (why: Ended["end"]): void => {
    if (end === "exit") end = why;
    kill();
  };
  const deadline = setTimeout(() => cut("deadline"), deadlineMs);
  signal.addEventListener("abort", kill, { once: true });
  for (const [stream, pieces] of [
    [child.stdout, out],
    [child.stderr, err],
  ] as const) {
    let bytes = 0;
    stream.on("data", (piece: Buffer) => {
      const left = outputBytesMax - bytes;
      bytes += piece.length;
      if (left > 0) pieces.push(piece.subarray(0, left));
      if (bytes > outputBytesMax) cut("output");
    });
  }
  // A program that does not read its input is no mistake of ours.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => {
      end = "missing";
      resolve(null);
    });
    child.once("close", (status) => resolve(status));
  });
  clearTimeout(deadline);
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  return { end, code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") };
}
