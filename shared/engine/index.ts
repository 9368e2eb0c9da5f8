export type { ApprovalAnswer, ApprovalRequest, Approver } from "./approver.ts";
export { sameness } from "./arguments.ts";
export type { JudgeLoop, LoopVerdict, Ran } from "./breaker.ts";
export { type Deadline, startDeadline } from "./deadline.ts";
export type { TurnEvent } from "./events.ts";
export type { Gate, GateDecision } from "./gate.ts";
export type { CallOutcome, Journal } from "./journal.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export {
  addUsage,
  type Completion,
  type Entry,
  type Model,
  type ModelFailure,
  type ModelOptions,
  type ModelRequest,
  ModelStopped,
  noUsage,
  type ToolCall,
  type Usage,
} from "./model.ts";
export type { KeptCall, KeptStep, TurnRecord } from "./record.ts";
export { addSource, isForeign, type Label, type Seen, type Source } from "./sources.ts";
export { defineTool, type Effects, type Tool, type ToolContext, type ToolResult } from "./tool.ts";
export { runTurn, type Turn, type TurnEnd, whyStopped } from "./turn.ts";
