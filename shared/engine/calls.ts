/** The calls of one step: together when their tools only read, else one after the other; each exactly once. */
import { sameness } from "./arguments.ts";
import { judgeRepeat, type Ran } from "./breaker.ts";
import { type CallEnd, runCall } from "./call.ts";
import type { Calling } from "./calling.ts";
import type { Entry, ToolCall } from "./model.ts";

export type StepEnd =
  | { kind: "passed"; because: string }
  /** A person is asked about a call of this step. */
  | { kind: "waiting"; approval: number; because: string }
  /** What every call brought, in the model's order. */
  | { kind: "told"; results: Entry[] }
  /** The same, and the breaker says that this was enough. */
  | { kind: "broken"; results: Entry[]; because: string };

/**
 * Runs them and tells what they brought. Identical calls of one step share one run and one result.
 * `ran` holds what was asked for in the steps before; this adds to it.
 */
export async function runCalls(
  calling: Calling,
  calls: readonly ToolCall[],
  ran: Ran[],
  step: number,
): Promise<StepEnd> {
  const running = new Map<string, Promise<CallEnd>>();
  /** Calls that run beside this one have brought nothing yet: that is no result, and not the same as another's. */
  const underWay = new Set<Ran>();
  let broken: string | undefined;
  const run = (call: ToolCall): Promise<CallEnd> => {
    const key = sameness(call);
    const shared = running.get(key);
    if (shared !== undefined) return shared;
    const times = ran.filter((before) => before.key === key).length + 1;
    const ended = ran.filter((one) => !underWay.has(one));
    const verdict = (calling.judgeLoop ?? judgeRepeat)(ended, { tool: call.tool, key });
    if (verdict.kind === "stop") broken = verdict.because;
    const mine = { tool: call.tool, key, result: "" };
    ran.push(mine);
    underWay.add(mine);
    const own = runCall(calling, call, verdict, { step, times }).then((end) => {
      underWay.delete(mine);
      if (end.kind === "told" && verdict.kind !== "withhold" && verdict.kind !== "stop") mine.result = end.brought;
      return end;
    });
    running.set(key, own);
    return own;
  };

  const ends = await (calls.every(({ tool }) => mayRunTogether(calling, tool))
    ? together(calls, run)
    : inOrder(calls, run));
  const passed = ends.find((end) => end.kind === "passed");
  if (passed !== undefined) return passed;
  const waiting = ends.find((end) => end.kind === "waiting");
  if (waiting !== undefined) return waiting;
  const results = calls.map((call, index): Entry => {
    const end = ends[index];
    return { role: "tool", callId: call.id, tool: call.tool, text: end?.kind === "told" ? end.text : "" };
  });
  return broken === undefined ? { kind: "told", results } : { kind: "broken", results, because: broken };
}

function mayRunTogether({ tools }: Calling, name: string): boolean {
  const tool = tools.find((one) => one.name === name);
  return tool?.parallel === true && tool.effects === "none";
}

function together(calls: readonly ToolCall[], run: (call: ToolCall) => Promise<CallEnd>): Promise<CallEnd[]> {
  return Promise.all(calls.map(run));
}

/** What follows a pass is not run: the turn is over. What follows a question to a person waits with it. */
async function inOrder(calls: readonly ToolCall[], run: (call: ToolCall) => Promise<CallEnd>): Promise<CallEnd[]> {
  const ends: CallEnd[] = [];
  for (const call of calls) {
    const end = await run(call);
    ends.push(end);
    if (end.kind !== "told") break;
  }
  return ends;
}

/**
 * At most so many of the calls, each with an id that no other call of the turn has. Some models leave ids empty or count
 * from zero in every step, but the log and effect keys tell calls apart by them.
 */
export function acceptCalls(calls: readonly ToolCall[], callsMax: number, used: Set<string>): ToolCall[] {
  return calls.slice(0, callsMax).map((call) => {
    const wish = call.id === "" ? "call" : call.id;
    let id = wish;
    for (let copy = 2; used.has(id); copy++) id = `${wish}-${copy}`;
    used.add(id);
    return { ...call, id };
  });
}
