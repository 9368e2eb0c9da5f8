/** A model that follows a script. A request that is not the next of the script is a bug, and so is a script that was not played to its end. */
import { BrokenPromise, type Clock, systemClock } from "../../shared/base/index.ts";
import {
  type Completion,
  type Model,
  type ModelFailure,
  type ModelOptions,
  type ModelRequest,
  noUsage,
  type ToolCall,
  type Usage,
} from "../../shared/engine/index.ts";

export type ScriptedReply =
  | { text: string; calls?: readonly ToolCall[]; usage?: Partial<Usage> }
  | { calls: readonly ToolCall[]; usage?: Partial<Usage> }
  | { failed: string; usage?: Partial<Usage> };

/** One exchange: what is expected, and what comes back. */
export type ScriptedStep = {
  /** Whether this is the request that the script means; any request if left out. */
  expects?: (request: ModelRequest) => boolean;
  reply: ScriptedReply;
  /** On the clock of the model, before the first piece. */
  latencyMs?: number;
};

export type ScriptedModel = Model & {
  /** Every request, in order, as it came. */
  requests: readonly ModelRequest[];
  /** Throws what went wrong, also if it was caught on its way, or names the steps that were never played. */
  assertPlayed(): void;
};

/** Plays the steps in order, each once. */
export function scriptedModel(
  script: readonly ScriptedStep[],
  { clock = systemClock }: { clock?: Clock } = {},
): ScriptedModel {
  const requests: ModelRequest[] = [];
  let problem: BrokenPromise | undefined;

  const refuse = (what: string): never => {
    problem ??= new BrokenPromise(`${what}\n${describe(requests.at(-1))}`);
    throw problem;
  };

  return {
    requests,
    async complete(request, options) {
      stopIfAsked(options);
      const step = script[requests.length];
      requests.push(request);
      const place = `request ${requests.length}`;
      if (step === undefined) return refuse(`${place} is not in the script, which has ${script.length} steps`);
      if (step.expects?.(request) === false) return refuse(`${place} is not the one that the script expects`);
      if (step.latencyMs !== undefined)
        await clock.sleep(step.latencyMs, options.signal).catch(() => stopIfAsked(options));
      return play(step.reply, options);
    },
    assertPlayed() {
      if (problem !== undefined) throw problem;
      if (requests.length < script.length) {
        throw new BrokenPromise(`only ${requests.length} of the script's ${script.length} steps were played`);
      }
    },
  };
}

async function play(reply: ScriptedReply, options: ModelOptions): Promise<Completion | ModelFailure> {
  const usage = { ...noUsage, ...reply.usage };
  if ("failed" in reply) return { kind: "failed", because: reply.failed, usage };
  const text = "text" in reply ? reply.text : "";
  for (const piece of text.match(/\S+\s*/g) ?? []) {
    options.onText?.(piece);
    // As with a real stream, other things happen between two pieces.
    await Promise.resolve();
    stopIfAsked(options);
  }
  return { kind: "completed", text, calls: reply.calls ?? [], usage, by: "scripted" };
}

function stopIfAsked({ signal }: ModelOptions): void {
  if (signal.aborted) throw new DOMException("The model call was stopped.", "AbortError");
}

function describe(request: ModelRequest | undefined): string {
  const last = request?.entries.at(-1);
  const tools = request?.tools.map(({ name }) => name).join(", ");
  return `last entry: ${JSON.stringify(last)}; tools: ${tools || "none"}; shape: ${request?.answer?.name ?? "none"}`;
}
