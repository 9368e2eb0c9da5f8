/**
 * One tool call, from asking to result: prepare (find, parse, repeat, gate), intent, execute, outcome, and the words for the model.
 * Whatever goes wrong is a result that the model reads; only a bug throws.
 */
import { BrokenPromise, cut, messageOf, stableId } from "../base/index.ts";
import { sameness } from "./arguments.ts";
import type { LoopVerdict } from "./breaker.ts";
import type { Calling } from "./calling.ts";
import { classify } from "./classify.ts";
import { startDeadline, whenAborted } from "./deadline.ts";
import type { CallOutcome } from "./journal.ts";
import type { ToolCall } from "./model.ts";
import { decisionOf, type Prepared, prepare, STOPPED } from "./prepare.ts";
import type { KeptCall } from "./record.ts";
import { addSource } from "./sources.ts";
import type { Tool, ToolContext, ToolResult } from "./tool.ts";

/** What a call brings its turn. */
export type CallEnd =
  /** `brought` is the same for the same result; `text` is what the model reads of it. */
  | { kind: "told"; text: string; brought: string }
  | { kind: "passed"; because: string }
  /** The turn parks until a person has decided. */
  | { kind: "waiting"; approval: number; because: string };

/** Which asking of the turn this is: in which step, and for the how-manieth time with these arguments. */
export type Asking = { step: number; times: number };

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
    saidNow: calling.saidNow,
    seen: [...calling.seen],
    onProgress: (text) => calling.onEvent?.({ kind: "progress", call, text }),
    signal: calling.signal,
  };
  calling.onEvent?.({ kind: "call", call });
  const kept = calling.record?.call(call.id) ?? (await doneElsewhere(calling, call, asking.step));
  if (kept?.state === "ended") return again(calling, call, kept);

  const prepared = await prepare(calling, call, repeat, context);
  const untold = await intend(calling, call, prepared, context);
  const unbegun = untold ?? (await begin(calling, call, prepared, context, asking.step));
  const done =
    unbegun ?? (prepared.ready ? await execute(calling, prepared, context, kept !== undefined) : notRun(prepared));
  // What a person has yet to decide has not ended, nor what the end of the turn cut off: another life of it takes that up.
  const ended = unbegun === undefined && done.kind !== "waiting" && (done.kind === "ok" || !calling.signal.aborted);

  const detail = cutResult(done.detail, calling.limits.resultCharactersMax);
  const latencyMs = Math.max(0, calling.clock.now() - startedAt);
  const outcome: CallOutcome = { kind: done.kind, text: tell(done.kind, detail), latencyMs };
  const unwritten = [
    ...(ended ? await failureOf(() => calling.record?.end(asking.step, call, outcome, done.passed)) : []),
    ...(untold === undefined ? await failureOf(() => calling.journal.outcome(call, outcome, context)) : []),
  ].map((because) => `\n(What came of this call could not be recorded: ${because})`);
  calling.onEvent?.({ kind: "result", call, outcome });
  if (!prepared.ready && prepared.kind === "waiting" && untold === undefined) {
    return { kind: "waiting", approval: prepared.approval, because: prepared.because };
  }
  if (done.passed) return { kind: "passed", because: detail };
  const ran = prepared.ready && unbegun === undefined;
  const advice = repeat.kind === "warn" && ran ? `\n(${repeat.because}: change your approach.)` : "";
  const told = tell(done.kind, forModel(calling, call, prepared.tool, ran, detail));
  return { kind: "told", text: [told, advice, ...unwritten].join(""), brought: detail };
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

/** Writes what is about to happen. What cannot be written must not happen. */
async function intend(
  calling: Calling,
  call: ToolCall,
  prepared: Prepared,
  context: ToolContext,
): Promise<Done | undefined> {
  const [because] = await failureOf(() => calling.journal.intent(call, prepared.tool, decisionOf(prepared), context));
  return because === undefined ? undefined : unrecorded(because);
}

/** Keeps that an effect begins. One of which that cannot be kept might be repeated by another life of the turn, and must not happen. */
async function begin(
  calling: Calling,
  call: ToolCall,
  prepared: Prepared,
  { effectKey }: ToolContext,
  step: number,
): Promise<Done | undefined> {
  if (!prepared.ready) return undefined;
  if (calling.signal.aborted) return notRun({ kind: "refused", because: STOPPED });
  if (prepared.tool.effects === "none") return undefined;
  const [because] = await failureOf(() => calling.record?.begin(step, call, effectKey));
  return because === undefined ? undefined : unrecorded(because);
}

function unrecorded(because: string): Done {
  return { kind: "refused", detail: `the call could not be recorded and so did not run: ${because}`, passed: false };
}

/** Why it rejected, or nothing. */
async function failureOf(write: () => Promise<void> | undefined): Promise<string[]> {
  try {
    await write();
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

async function execute(
  { clock, limits, signal }: Calling,
  { tool, input }: { tool: Tool; input: unknown },
  context: ToolContext,
  cutOff: boolean,
): Promise<Done> {
  const limit = startDeadline(clock, limits.callMs, signal);
  const interrupted = (): Done => {
    if (limit.passed())
      return {
        kind: "timed out",
        detail: `${tool.name} took longer than ${limits.callMs / 1000} seconds`,
        passed: false,
      };
    // How far an effect has come, nobody knows.
    if (tool.effects !== "none") return { kind: "uncertain", detail: UNCERTAIN, passed: false };
    return { kind: "failed", detail: `${tool.name} was stopped before it ended`, passed: false };
  };
  const run = async (): Promise<Done> => {
    try {
      if (limit.signal.aborted) return interrupted();
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
