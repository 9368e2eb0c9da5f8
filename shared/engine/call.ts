/**
 * One tool call, from asking to result: prepare (find, parse, repeat, gate), intent, execute, outcome, and the words for the model.
 * Whatever goes wrong is a result that the model reads; only a bug throws.
 */
import { BrokenPromise, type Clock, cut, messageOf, stableId } from "../base/index.ts";
import type { Approver } from "./approver.ts";
import { parseInput, sameness } from "./arguments.ts";
import type { JudgeLoop, LoopVerdict } from "./breaker.ts";
import { classify } from "./classify.ts";
import { startDeadline, whenAborted } from "./deadline.ts";
import type { TurnEvent } from "./events.ts";
import type { Gate, GateDecision } from "./gate.ts";
import type { CallOutcome, Journal } from "./journal.ts";
import type { Limits } from "./limits.ts";
import type { ToolCall } from "./model.ts";
import type { KeptCall, TurnRecord } from "./record.ts";
import { addSource, type Seen, type Source } from "./sources.ts";
import type { Tool, ToolContext, ToolResult } from "./tool.ts";

/** What running a call needs of its turn. */
export type Calling = {
  /** The turn's id. */
  id: string;
  agent: string;
  /** The chat that it belongs to. */
  chat?: string;
  tools: readonly Tool[];
  limits: Limits;
  gate: Gate;
  journal: Journal;
  clock: Clock;
  signal: AbortSignal;
  /** What the person said that the turn answers. */
  said: readonly string[];
  /** The text of others in the turn; a call that brings text from outside adds to it. */
  seen: Seen[];
  /** Whose text has entered the turn; a call that brings text from outside adds to it. */
  sources: Source[];
  /** Judges whether the turn goes round in circles; repeats alone without it. */
  judgeLoop?: JudgeLoop;
  /** Asks a person about risky calls. Without it they are refused. */
  approver?: Approver;
  /** What the turn has done so far. */
  record?: TurnRecord;
  onEvent?: (event: TurnEvent) => void;
  /** Cleans and fences what a tool brought from outside. A turn with such tools must have it. */
  sanitize?: (text: string, tool: string) => string;
};

/** What a call brings its turn. */
export type CallEnd =
  /** `brought` is the same for the same result; `text` is what the model reads of it. */
  | { kind: "told"; text: string; brought: string }
  | { kind: "passed"; because: string }
  /** The turn parks until a person has decided. */
  | { kind: "waiting"; approval: number; because: string };

/** Which asking of the turn this is: in which step, and for the how-manieth time with these arguments. */
export type Asking = { step: number; times: number };

type Prepared =
  | { ready: true; tool: Tool; input: unknown; decision: GateDecision }
  | { ready: false; tool: Tool; kind: "waiting"; approval: number; because: string }
  | { ready: false; tool: Tool | undefined; kind: "unknown tool" | "bad arguments" | "refused"; because: string };

/** What happened, in the tool's words or ours. */
type Done = { kind: CallOutcome["kind"]; detail: string; passed: boolean };

/** Runs this call once, or not at all when it is a repeat too many. Rejects with a BrokenPromise that the tool threw, and nothing else. */
export async function runCall(calling: Calling, call: ToolCall, repeat: LoopVerdict, asking: Asking): Promise<CallEnd> {
  const startedAt = calling.clock.now();
  const context: ToolContext = {
    agent: calling.agent,
    ...(calling.chat === undefined ? {} : { chat: calling.chat }),
    turnId: calling.id,
    callId: call.id,
    effectKey: stableId("effect", calling.id, sameness(call), asking.times),
    sources: [...calling.sources],
    said: calling.said,
    seen: [...calling.seen],
    onProgress: (text) => calling.onEvent?.({ kind: "progress", call, text }),
    signal: calling.signal,
  };
  calling.onEvent?.({ kind: "call", call });
  const kept = calling.record?.call(call.id) ?? (await doneElsewhere(calling, call, asking.step));
  if (kept?.state === "ended") return again(calling, call, kept);

  const prepared = await prepare(calling, call, repeat, context);
  const unrecorded = await intend(calling, call, prepared, context, asking.step);
  const done =
    unrecorded ?? (prepared.ready ? await execute(calling, prepared, context, kept !== undefined) : notRun(prepared));

  const detail = cutResult(done.detail, calling.limits.resultCharactersMax);
  const latencyMs = Math.max(0, calling.clock.now() - startedAt);
  const outcome: CallOutcome = { kind: done.kind, text: tell(done.kind, detail), latencyMs };
  const unwritten =
    unrecorded === undefined ? await conclude(calling, call, outcome, done.passed, asking.step, context) : "";
  calling.onEvent?.({ kind: "result", call, outcome });
  if (!prepared.ready && prepared.kind === "waiting" && unrecorded === undefined) {
    return { kind: "waiting", approval: prepared.approval, because: prepared.because };
  }
  if (done.passed) return { kind: "passed", because: detail };
  const advice = repeat.kind === "warn" && prepared.ready ? `\n(${repeat.because}: change your approach.)` : "";
  const told = tell(done.kind, forModel(calling, call, prepared.tool, prepared.ready, detail));
  return { kind: "told", text: told + advice + unwritten, brought: detail };
}

/** An effect of the turn that this one was forked from is not repeated: its outcome becomes this call's. */
async function doneElsewhere(calling: Calling, call: ToolCall, step: number): Promise<KeptCall | undefined> {
  const tool = calling.tools.find(({ name }) => name === call.tool);
  if (tool === undefined || tool.effects === "none") return undefined;
  const kept = calling.record?.elsewhere?.(call.tool, sameness(call));
  // Where it cannot be written down, it is not repeated all the same.
  if (kept?.state === "ended") await calling.record?.end(step, call, kept.outcome, kept.passed).catch(() => {});
  return kept;
}

/** What a former life of this turn has done is not done again: its outcome is what the model reads. */
function again(
  calling: Calling,
  call: ToolCall,
  { outcome, passed }: { outcome: CallOutcome; passed: boolean },
): CallEnd {
  calling.onEvent?.({ kind: "result", call, outcome });
  if (passed) return { kind: "passed", because: outcome.text };
  const tool = calling.tools.find(({ name }) => name === call.tool);
  const ran = outcome.kind !== "refused" && outcome.kind !== "bad arguments" && outcome.kind !== "unknown tool";
  return { kind: "told", text: forModel(calling, call, tool, ran, outcome.text), brought: outcome.text };
}

async function prepare(calling: Calling, call: ToolCall, repeat: LoopVerdict, context: ToolContext): Promise<Prepared> {
  const tool = calling.tools.find(({ name }) => name === call.tool);
  if (tool === undefined) {
    const names = calling.tools.map(({ name }) => name).join(", ");
    return {
      ready: false,
      tool,
      kind: "unknown tool",
      because: `there is no tool called "${cut(call.tool, 80)}", only ${names}`,
    };
  }
  const refuse = (because: string): Prepared => ({ ready: false, tool, kind: "refused", because });
  const parsed = await parseInput(tool, call.arguments);
  if (!parsed.ok) return { ready: false, tool, kind: "bad arguments", because: parsed.because };
  if (calling.signal.aborted) return refuse("the turn was stopped before this call began");
  if (repeat.kind === "withhold" || repeat.kind === "stop") return refuse(repeat.because);
  const { input } = parsed;
  try {
    const decision = await calling.gate.decide(tool, input, context);
    if (decision.allow === true) return { ready: true, tool, input, decision };
    if (decision.allow === false) return refuse(decision.because);
    if (calling.approver === undefined) return refuse(`${decision.because}, and there is nobody to ask here`);
    const { because } = decision;
    const answer = await calling.approver.ask({ tool, call, because, context });
    if (answer.kind === "granted") return { ready: true, tool, input, decision };
    if (answer.kind === "denied") return refuse(answer.because);
    return { ready: false, tool, kind: "waiting", approval: answer.approval, because };
  } catch (error) {
    // A gate that cannot decide is closed.
    return refuse(`whether this is allowed could not be decided: ${messageOf(error)}`);
  }
}

/** Writes what is about to happen. What cannot be written must not happen. */
async function intend(
  calling: Calling,
  call: ToolCall,
  prepared: Prepared,
  context: ToolContext,
  step: number,
): Promise<Done | undefined> {
  const decision = decisionOf(prepared);
  try {
    await calling.journal.intent(call, prepared.tool, decision, context);
    if (prepared.ready && prepared.tool.effects !== "none") await calling.record?.begin(step, call, context.effectKey);
    return undefined;
  } catch (error) {
    return {
      kind: "refused",
      detail: `the call could not be recorded and so did not run: ${messageOf(error)}`,
      passed: false,
    };
  }
}

function decisionOf(prepared: Prepared): GateDecision {
  if (prepared.ready) return prepared.decision.allow === "ask" ? { allow: true } : prepared.decision;
  return { allow: prepared.kind === "waiting" ? "ask" : false, because: prepared.because };
}

async function execute(
  { clock, limits, signal }: Calling,
  { tool, input }: { tool: Tool; input: unknown },
  context: ToolContext,
  cutOff: boolean,
): Promise<Done> {
  const limit = startDeadline(clock, limits.callMs, signal);
  const interrupted = (): Done =>
    limit.passed()
      ? { kind: "timed out", detail: `${tool.name} took longer than ${limits.callMs / 1000} seconds`, passed: false }
      : { kind: "failed", detail: `${tool.name} was stopped before it ended`, passed: false };
  const run = async (): Promise<Done> => {
    try {
      const inTime = { ...context, signal: limit.signal };
      // A former life began this call and died: an effect is looked for, never blindly repeated.
      if (cutOff && tool.effects !== "none") {
        if (tool.settled === undefined) return { kind: "uncertain", detail: UNCERTAIN, passed: false };
        const settled = await tool.settled(input, inTime);
        if (settled !== undefined) return doneOf(settled);
      }
      return doneOf(await tool.run(input, inTime));
    } catch (error) {
      if (error instanceof BrokenPromise) throw error;
      return limit.signal.aborted ? interrupted() : { kind: classify(error), detail: messageOf(error), passed: false };
    }
  };
  try {
    // A tool that does not listen to its signal cannot hold the turn.
    return await Promise.race([run(), whenAborted(limit.signal).then(interrupted)]);
  } finally {
    limit.end();
  }
}

function doneOf(result: ToolResult): Done {
  return "passed" in result
    ? { kind: "ok", detail: result.passed, passed: true }
    : { kind: "ok", detail: result.text, passed: false };
}

const UNCERTAIN = "it had begun before an interruption, and whether it took effect is not known";

function notRun({ kind, because }: { kind: CallOutcome["kind"]; because: string }): Done {
  return { kind, detail: because, passed: false };
}

/** Writes what came of it. If that fails, the model still hears the truth: it happened. The next intent will fail and stop it. */
async function conclude(
  calling: Calling,
  call: ToolCall,
  outcome: CallOutcome,
  passed: boolean,
  step: number,
  context: ToolContext,
): Promise<string> {
  try {
    // What a person has yet to decide has not ended: it is asked again when the turn goes on.
    if (outcome.kind !== "waiting") await calling.record?.end(step, call, outcome, passed);
    await calling.journal.outcome(call, outcome, context);
    return "";
  } catch (error) {
    return `\n(What came of this call could not be recorded: ${messageOf(error)})`;
  }
}

/** What a tool from outside brought, its error messages too, is cleaned and fenced, and its source noted; our own words are not. */
function forModel(calling: Calling, call: ToolCall, tool: Tool | undefined, ran: boolean, detail: string): string {
  if (!ran || tool === undefined || tool.source === "trusted") return detail;
  addSource(calling.sources, { label: "outside", from: tool.name });
  calling.seen.push({ text: detail, asked: call.arguments });
  return calling.sanitize?.(detail, tool.name) ?? "";
}

function cutResult(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${copied(cut(text, charactersMax))}\n(cut: the first ${charactersMax} of ${text.length} characters)`;
}

/** A part of a text keeps the whole of it in memory, in V8; what is written out and read back does not. */
function copied(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** The class comes first, then what happened, then what to do about it. */
function tell(kind: CallOutcome["kind"], detail: string): string {
  return kind === "ok" ? detail : `${kind}: ${detail}\n${ADVICE[kind]}`;
}

const ADVICE: Record<Exclude<CallOutcome["kind"], "ok">, string> = {
  "unknown tool": "Use a tool from the list, or answer without one.",
  "bad arguments": "The call did not run. Correct the arguments and ask again.",
  refused: "The call did not run. Do not ask for it again: go on without it, or say what would be needed.",
  "skip this item": "It is missing or closed to you. Go on with the next one.",
  "server down": "The service behind this tool does not answer. Do not repeat it: find another way, or say so.",
  "timed out": "Whether it took effect is not known. Do not repeat it unchanged.",
  failed: "Try otherwise, or say what did not work.",
  uncertain: "Do not repeat it. Look whether it happened, or ask the person.",
  waiting: "A person is asked.",
};
