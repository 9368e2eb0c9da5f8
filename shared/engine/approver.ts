/** How a turn asks a person whether one call may run. The agent module implements it, over the ledger or at a terminal. */
import type { ToolCall } from "./model.ts";
import type { Tool, ToolContext } from "./tool.ts";

export type ApprovalRequest = {
  tool: Tool;
  /** What will run, exactly: the arguments as the model wrote them. */
  call: ToolCall;
  /** Why a person is asked. */
  because: string;
  context: ToolContext;
};

export type ApprovalAnswer =
  | { kind: "granted"; by: string }
  | { kind: "denied"; because: string }
  /** Nobody has decided yet: the turn parks until somebody does. */
  | { kind: "waiting"; approval: number };

export interface Approver {
  /** Asks, or finds the answer to what was asked before: the same call of the same turn is one question. */
  ask(request: ApprovalRequest): Promise<ApprovalAnswer>;
}
