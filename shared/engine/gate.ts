/** The one question before a tool runs. The security module answers it. */
import type { Tool, ToolContext } from "./tool.ts";

export type GateDecision =
  | { allow: true }
  /** A closed gate: names the gate and the variable that opens it. */
  | { allow: false; because: string }
  /** Only a person can say: why, and where the text came from that led to it. */
  | { allow: "ask"; because: string };

export interface Gate {
  decide(tool: Tool, input: unknown, context: ToolContext): Promise<GateDecision>;
}
