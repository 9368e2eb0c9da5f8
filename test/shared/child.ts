/** A real child process that runs one TypeScript file, heard line by line. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type Child = {
  process: ChildProcess;
  /** The next line that it says. Rejects when it ends without another. */
  line(): Promise<string>;
  /** All lines that nobody has asked for, and how it ended, once it has. */
  end(): Promise<{ code: number | null; lines: string[] }>;
};

/** Starts `file` under this Node, which strips types by itself. What it writes to stderr is the test's to see. */
export function startChild(file: URL, ...args: string[]): Child {
  const child = fork(file, args, {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  if (child.stdout === null) throw new Error("the child has no stdout");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit");
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error("the child ended without a word");
      return next.value;
    },
    async end() {
      const rest: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) rest.push(next.value);
      const [code] = (await ended) as [number | null];
      return { code, lines: rest };
    },
  };
}
