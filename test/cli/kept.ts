/** Processes that are kept from command to command: loading the program takes a second of a busy machine, a command takes milliseconds. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export type Ran = { stdout: string; stderr: string; code: number | null };
/** One command: the main file of the built program, and what a process would be started with. */
export type Asked = {
  program: string;
  words: readonly string[];
  env: Record<string, string>;
  input: string;
  /** Where the person stands; else where the tests run. */
  folder?: string;
  /** A command that is done but holds something open for this long would not let a process end. */
  restMaxMs?: number;
};
/** What came of it, or why it is no answer. */
export type Answer = Ran | { because: string };

const FILE = fileURLToPath(new URL("./kept-process.ts", import.meta.url));
/** Those that have nothing to do. They end with the process of the tests. */
const idle: ChildProcess[] = [];

/** Runs one command in a kept process, a second one at the same time in another. Throws when it leaves open what would keep a process alive. */
export async function runInKept(asked: Asked): Promise<Ran> {
  const child = idle.pop() ?? start();
  let busy = true;
  onTestFinished(() => void (busy && child.kill("SIGKILL")));
  const over = new AbortController();
  try {
    const answered = once(child, "message", over);
    child.send(asked);
    const [answer] = (await Promise.race([answered, ended(child, over.signal)])) as [Answer];
    if ("because" in answer) {
      child.kill("SIGKILL");
      throw new Error(answer.because);
    }
    idle.push(child);
    return answer;
  } finally {
    busy = false;
    over.abort();
  }
}

function start(): ChildProcess {
  const child = fork(FILE, {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.unref();
  child.channel?.unref();
  return child;
}

async function ended(child: ChildProcess, signal: AbortSignal): Promise<never> {
  const [code, killedBy] = await once(child, "exit", { signal });
  throw new Error(`the process that runs commands ended (${code ?? killedBy})`);
}
