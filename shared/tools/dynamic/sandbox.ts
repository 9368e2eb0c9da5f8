/** Where code of an agent runs: a Node process under the permission model, inside namespaces that bubblewrap makes. */
import { cut, messageOf, oneLine } from "../../base/index.ts";
import { type Ended, findProgram, runChild } from "../child.ts";
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
  /** Without Node's own walls; only to prove that the namespaces hold alone. */
  namespacesAlone?: boolean;
};

export type Sandbox = {
  /** Why there is none on this machine; undefined when there is one. Tried out once, by running code. */
  missing(): Promise<string | undefined>;
  /** Runs the code, or says why not; rejects only with the signal's reason. */
  run(job: Job): Promise<Ran>;
};

/** How long the first run, which shows whether there is a sandbox, may take on a busy machine. */
const TRIAL_DEADLINE_MS = 15_000;

/** `find` looks up the two programs that build the walls. */
export function createSandbox({ find = findProgram }: { find?: (name: string) => string | undefined } = {}): Sandbox {
  let tried: Promise<string | undefined> | undefined;
  const missing = (): Promise<string | undefined> => {
    tried ??= tryOut();
    return tried;
  };
  return {
    missing,
    async run(job) {
      const because = await missing();
      if (because !== undefined) return { ran: false, why: "unavailable", because, printed: "" };
      return runWithin(job);
    },
  };

  async function tryOut(): Promise<string | undefined> {
    for (const [name, pack] of [
      ["bwrap", "bubblewrap"],
      ["prlimit", "util-linux"],
    ] as const) {
      if (find(name) === undefined)
        return `there is no sandbox on this machine: the program ${name} is not installed (on Linux it comes with the package ${pack})`;
    }
    const job = { code: "return input", input: 1, signal: new AbortController().signal, deadlineMs: TRIAL_DEADLINE_MS };
    const trial = await runWithin(job).catch((error: unknown) => ({ ran: false, because: messageOf(error) }) as const);
    if (trial.ran) return undefined;
    return `there is no sandbox on this machine: bubblewrap is installed but cannot build one (${trial.because})`;
  }

  async function runWithin({ code, input, signal, deadlineMs, namespacesAlone = false }: Job): Promise<Ran> {
    const [bwrap = "", prlimit = ""] = [find("bwrap"), find("prlimit")];
    const args = [
      ...namespaceArguments({ bwrap, node: process.execPath }),
      "/node",
      ...nodeArguments(INSIDE, namespacesAlone ? false : "/tmp"),
    ];
    return runJob(prlimit, args, { code, input, signal, deadlineMs });
  }
}

/** Runs code beside us with Node's own walls alone: it reaches the network. For a person who said so, call by call. */
export function runWithoutSandbox(job: Pick<Job, "code" | "input" | "signal">, folder: string): Promise<Ran> {
  return runJob(process.execPath, nodeArguments(INSIDE, folder), job);
}

async function runJob(
  program: string,
  args: readonly string[],
  {
    code,
    input = null,
    signal,
    deadlineMs = sandboxLimits.deadlineMs,
  }: Pick<Job, "code" | "input" | "signal"> & {
    deadlineMs?: number | undefined;
  },
): Promise<Ran> {
  const ended = await runChild(program, args, {
    env: {},
    stdin: JSON.stringify({ code, input }),
    signal,
    deadlineMs,
    outputBytesMax: sandboxLimits.outputBytesMax,
  });
  return outcomeOf(ended, deadlineMs);
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
  if (/out of memory|allocation failed/i.test(said))
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
