/** A process that runs one command of the built `kaos` after another, each with words, environment and pipes of its own. */
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import type { Answer, Asked, Ran } from "./kept.ts";

const LOOK_EVERY_MS = 5;

let count = 0;

process.on("message", (asked: Asked) => {
  const answer = (answer: Answer) => process.send?.(answer);
  void run(asked).then(answer, (error: Error) => answer({ because: error.message }));
});
process.on("disconnect", () => process.exit());

/** What starting `program` would do. Its modules stay, its main module is evaluated anew: that is where a command runs. */
async function run({ program, words, env, input, folder = process.cwd(), restMaxMs = 20_000 }: Asked): Promise<Ran> {
  const ran: Ran = { stdout: "", stderr: "", code: null };
  const leave = enter({ words: [process.execPath, program, ...words], env, input, folder, ran });
  // Asked now: the pipes of this process count from when they are first used.
  const before = process.getActiveResourcesInfo();
  try {
    await import(`${pathToFileURL(program).href}?${++count}`);
    await atRest(before, restMaxMs);
  } finally {
    ran.code = Number(process.exitCode ?? 0);
    leave();
  }
  return ran;
}

/** Resolves when a process of its own would end: when nothing of the command is left that keeps it alive. */
async function atRest(before: readonly string[], restMaxMs: number): Promise<void> {
  const limit = performance.now() + restMaxMs;
  for (let left = more(before); left.length > 0; left = more(before)) {
    if (performance.now() > limit)
      throw new Error(`${process.argv.slice(2).join(" ")} leaves open: ${left.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** What keeps this process alive now and did not before. */
function more(before: readonly string[]): string[] {
  const known = [...before];
  return process.getActiveResourcesInfo().filter((kind) => {
    const at = known.indexOf(kind);
    if (at !== -1) known.splice(at, 1);
    return at === -1;
  });
}

type Entering = Required<Omit<Asked, "program" | "restMaxMs">> & { ran: Ran };

/** Makes this process look like one that was just started. Returns what makes it itself again. */
function enter({ words, env, input, folder, ran }: Entering) {
  const own = { argv: process.argv, folder: process.cwd(), env: { ...process.env }, listeners: listenersOf(process) };
  const { stdout, stderr } = process;
  const outputs = [
    ["stdout", stdout, stdout.write, listenersOf(stdout)],
    ["stderr", stderr, stderr.write, listenersOf(stderr)],
  ] as const;
  process.argv = [...words];
  process.chdir(folder);
  process.exitCode = undefined;
  become(env);
  const piped = Readable.from(input === "" ? [] : [Buffer.from(input)], { objectMode: false });
  Object.defineProperty(process, "stdin", { configurable: true, get: () => piped });
  for (const [name, stream] of outputs) {
    stream.write = (chunk: Uint8Array | string, ...more: unknown[]) => {
      ran[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      for (const written of more) if (typeof written === "function") written();
      return true;
    };
  }
  return () => {
    for (const [, stream, write, listeners] of outputs) {
      stream.write = write;
      dropOthers(stream, listeners);
    }
    dropOthers(process, own.listeners);
    piped.destroy();
    process.argv = own.argv;
    process.chdir(own.folder);
    process.exitCode = undefined;
    become(own.env);
  };
}

/** Variable by variable, because the home of a person and the time zone are read from the real ones. */
function become(env: NodeJS.ProcessEnv): void {
  const own = process.env;
  for (const name of Object.keys(own)) if (env[name] === undefined) delete own[name];
  Object.assign(own, env);
}

type Listened = NodeJS.EventEmitter;
type Listeners = Map<string | symbol, unknown[]>;

function listenersOf(emitter: Listened): Listeners {
  return new Map(emitter.eventNames().map((name) => [name, emitter.listeners(name)]));
}

/** A command that waits for Ctrl-C leaves that to the end of its process. */
function dropOthers(emitter: Listened, before: Listeners): void {
  for (const name of emitter.eventNames())
    for (const listener of emitter.listeners(name))
      if (before.get(name)?.includes(listener) !== true) emitter.off(name, listener as () => void);
}
