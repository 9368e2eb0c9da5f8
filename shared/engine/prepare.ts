/** All that stands before a call runs: find, parse, repeat, gate, and a person where one must say. */
import { cut, messageOf } from "../base/index.ts";
import { parseInput } from "./arguments.ts";
import type { LoopVerdict } from "./breaker.ts";
import type { Calling } from "./calling.ts";
import type { GateDecision } from "./gate.ts";
import type { ToolCall } from "./model.ts";
import type { Tool, ToolContext } from "./tool.ts";

export type Prepared =
  | { ready: true; tool: Tool; input: unknown; decision: GateDecision }
  | { ready: false; tool: Tool; kind: "waiting"; approval: number; because: string }
  | { ready: false; tool: Tool | undefined; kind: "unknown tool" | "bad arguments" | "refused"; because: string };

export async function prepare(
  calling: Calling,
  call: ToolCall,
  repeat: LoopVerdict,
  context: ToolContext,
): Promise<Prepared> {
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
  if (calling.signal.aborted) return refuse(STOPPED);
  if (repeat.kind === "withhold" || repeat.kind === "stop") return refuse(repeat.because);
  const { input } = parsed;
  try {
    const decision = await calling.gate.decide(tool, input, context);
    if (decision.allow === false) return refuse(decision.because);
    if (decision.allow === "ask") {
      const { because } = decision;
      if (calling.approver === undefined) return refuse(`${because}, and there is nobody to ask here`);
      const answer = await calling.approver.ask({ tool, call, because, context });
      if (answer.kind === "denied") return refuse(answer.because);
      if (answer.kind === "waiting") return { ready: false, tool, kind: "waiting", approval: answer.approval, because };
    }
    // A person may take long to decide, and meanwhile say stop.
    return calling.signal.aborted ? refuse(STOPPED) : { ready: true, tool, input, decision };
  } catch (error) {
    // A gate that cannot decide is closed.
    return refuse(`whether this is allowed could not be decided: ${messageOf(error)}`);
  }
}

/** What of it is written before the call runs. */
export function decisionOf(prepared: Prepared): GateDecision {
  if (prepared.ready) return prepared.decision.allow === "ask" ? { allow: true } : prepared.decision;
  return { allow: prepared.kind === "waiting" ? "ask" : false, because: prepared.because };
}

export const STOPPED = "the turn was stopped before this call began";
