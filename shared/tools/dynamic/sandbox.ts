/** Where code of an agent runs: a Node process under the permission model, inside a container of Docker or namespaces of bubblewrap. */
import { cut, messageOf, oneLine, secret } from "../../base/index.ts";
import { childEnv } from "../../config/index.ts";
import { type Ended, findProgram, runChild } from "../child.ts";
import { dockerArguments } from "./docker.ts";
import { INSIDE } from "./inside.ts";
import { namespaceArguments, nodeArguments, sandboxLimits } from "./walls.ts";

export type Ran =
  /** `value` is what the code returned, as JSON knows it. */
  | { ran: true; value: unknown; printed: string }
  | {
      ran: false;
      /** `unavailable`: there is no sandbox here, and nothing was run. */
      why: "threw" | "time" | "memory" | "output" | "died" | "unavailable";
      because: string;
      printed: string;
    };

export type Job = {
  /** The body of an async function of `input` and `require`. */
  code: string;
  /** Any JSON. */
  input?: unknown;
  signal: AbortSignal;
  deadlineMs?: number;
  /** Without Node's own walls; only to prove that the outer walls hold alone. */
  namespacesAlone?: boolean;
};

export type SandboxKind = "Docker" | "bubblewrap";

export type Sandbox = {
  /** Why there is none on this machine; undefined when there is one. Tried out once, by running code. */
  missing(): Promise<string | undefined>;
  /** Which one is used, and why each that comes before it is not. */
  chosen(): Promise<{ kind: SandboxKind | undefined; passed: { kind: SandboxKind; because: string }[] }>;
  /** Runs the code, or says why not; rejects only with the signal's reason. */
  run(job: Job): Promise<Ran>;
};

/** How long the first run, which shows whether there is a sandbox, may take on a busy machine. */
const TRIAL_DEADLINE_MS = 15_000;
const END_DEADLINE_MS = 10_000;
/** What a container ends with when the kernel took its memory away. */
const KILLED = 137;

export type SandboxOptions = {
  /** Looks up the programs that build the walls. */
  find?: (name: string) => string | undefined;
  /** What containers are made of, where there is Docker. */
  image?: string;
};

/** One way to build walls. `lacks` is why it cannot even be tried. */
type Way = { kind: SandboxKind; lacks(): string | undefined; run(job: Job): Promise<Ran> };

/** Docker where it works, else bubblewrap, else none. */
export function createSandbox({ find = findProgram, image = "node:22-slim" }: SandboxOptions = {}): Sandbox {
  const ways = [docker(find, image), bubblewrap(find)];
  let tried: ReturnType<typeof choose> | undefined;
  const choice = () => {
    tried ??= choose(ways);
    return tried;
  };
  const missing = async (): Promise<string | undefined> => {
    const { way, passed } = await choice();
    if (way !== undefined) return undefined;
    return `there is no sandbox on this machine: ${passed.map(({ because }) => because).join("; and ")}`;
  };
  return {
    missing,
    async chosen() {
      const { way, passed } = await choice();
      return { kind: way?.kind, passed };
    },
    async run(job) {
      const { way } = await choice();
      if (way !== undefined) return way.run(job);
      return { ran: false, why: "unavailable", because: (await missing()) ?? "", printed: "" };
    },
  };
}

/** The first that runs a piece of code. */
async function choose(
  ways: readonly Way[],
): Promise<{ way: Way | undefined; passed: { kind: SandboxKind; because: string }[] }> {
  const passed: { kind: SandboxKind; because: string }[] = [];
  for (const way of ways) {
    const lacks = way.lacks() ?? (await tryOut(way));
    if (lacks === undefined) return { way, passed };
    passed.push({ kind: way.kind, because: lacks });
  }
  return { way: undefined, passed };
}

async function tryOut({ kind, run }: Way): Promise<string | undefined> {
  const job = { code: "return input", input: 1, signal: new AbortController().signal, deadlineMs: TRIAL_DEADLINE_MS };
  const trial = await run(job).catch((error: unknown) => ({ ran: false, because: messageOf(error) }) as const);
  return trial.ran ? undefined : `${kind} is installed but cannot build one (${trial.because})`;
}

function docker(find: (name: string) => string | undefined, image: string): Way {
  return {
    kind: "Docker",
    lacks: () => (find("docker") === undefined ? "Docker is not installed" : undefined),
    async run({ code, input, signal, deadlineMs = sandboxLimits.deadlineMs, namespacesAlone = false }) {
      const program = find("docker") ?? "";
      const name = `kaos-code-${secret(9)
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "0")}`;
      const node = nodeArguments(INSIDE, namespacesAlone ? false : "/tmp");
      const env = environment();
      try {
        const ended = await runCode(program, dockerArguments({ name, image, node, deadlineMs }), {
          ...{ code, input, signal, deadlineMs, env },
        });
        if (ended.end === "exit") return outcomeOf(ended, deadlineMs);
        // Its program is gone; the container is Docker's, and is told so.
        await end(program, name, env);
        return outcomeOf(ended, deadlineMs);
      } catch (error) {
        await end(program, name, env);
        throw error;
      }
    },
  };
}

/** What the program of Docker needs to find its daemon. */
function environment(): Record<string, string> {
  const { PATH = "", HOME = "" } = childEnv();
  return { PATH, HOME };
}

async function end(program: string, name: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { signal } = new AbortController();
  await runChild(program, ["kill", name], { env, signal, deadlineMs: END_DEADLINE_MS, outputBytesMax: 10_000 });
}

function bubblewrap(find: (name: string) => string | undefined): Way {
  return {
    kind: "bubblewrap",
    lacks() {
      for (const [name, pack] of [
        ["bwrap", "bubblewrap"],
        ["prlimit", "util-linux"],
      ] as const) {
        if (find(name) === undefined)
          return `the program ${name} is not installed (on Linux it comes with the package ${pack})`;
      }
      return undefined;
    },
    run({ code, input, signal, deadlineMs, namespacesAlone = false }) {
      const [bwrap = "", prlimit = ""] = [find("bwrap"), find("prlimit")];
      const args = [
        ...namespaceArguments({ bwrap, node: process.execPath }),
        "/node",
        ...nodeArguments(INSIDE, namespacesAlone ? false : "/tmp"),
      ];
      return runJob(prlimit, args, { code, input, signal, deadlineMs });
    },
  };
}

/** Runs code beside us with Node's own walls alone: it reaches the network. For a person who said so, call by call. */
export function runWithoutSandbox(job: Pick<Job, "code" | "input" | "signal">, folder: string): Promise<Ran> {
  return runJob(process.execPath, nodeArguments(INSIDE, folder), job);
}

type Running = Pick<Job, "code" | "input" | "signal"> & {
  deadlineMs?: number | undefined;
  env?: Readonly<Record<string, string>>;
};

async function runJob(program: string, args: readonly string[], running: Running): Promise<Ran> {
  return outcomeOf(await runCode(program, args, running), running.deadlineMs ?? sandboxLimits.deadlineMs);
}

function runCode(
  program: string,
  args: readonly string[],
  { code, input = null, signal, deadlineMs = sandboxLimits.deadlineMs, env = {} }: Running,
): Promise<Ended> {
  return runChild(program, args, {
    env,
    stdin: JSON.stringify({ code, input }),
    signal,
    deadlineMs,
    outputBytesMax: sandboxLimits.outputBytesMax,
  });
}

function outcomeOf({ end, code, stdout, stderr }: Ended, deadlineMs: number): Ran {
  const fail = (why: "threw" | "time" | "memory" | "output" | "died", because: string): Ran => ({
    ran: false,
    why,
    because,
    printed: stderr,
  });
  if (end === "deadline") return fail("time", `it took longer than ${deadlineMs / 1_000} s`);
  if (end === "output") return fail("output", `it wrote more than ${sandboxLimits.outputBytesMax} bytes`);
  if (end === "missing") return fail("died", "it could not be started");
  const answer = readAnswer(stdout);
  if (answer !== undefined && "value" in answer) return { ran: true, value: answer.value, printed: stderr };
  const said = answer?.threw ?? stderr;
  if (code === KILLED || /out of memory|allocation failed/i.test(said))
    return fail("memory", `it took more than ${sandboxLimits.memoryBytesMax / 1_048_576} MiB of memory`);
  if (answer?.threw !== undefined) return fail("threw", answer.threw);
  return fail("died", `it ended without an answer (exit ${code ?? "by a signal"}: ${cut(oneLine(stderr), 300)})`);
}

function readAnswer(stdout: string): { value: unknown } | { threw: string } | undefined {
  try {
    const answer: unknown = JSON.parse(stdout);
    if (typeof answer !== "object" || answer === null) return undefined;
    if ("threw" in answer && typeof answer.threw === "string") return { threw: answer.threw };
    return "value" in answer ? { value: answer.value } : undefined;
  } catch {
    return undefined;
  }
}
