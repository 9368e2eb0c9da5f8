/** Where a turn writes what it is about to do and what came of it, before the model hears of it. The audit module implements it. */
import type { GateDecision } from "./gate.ts";
import type { ToolCall } from "./model.ts";
import type { Tool, ToolContext } from "./tool.ts";

/** Every call has one of these ends. The first word of what the model reads tells it which. */
export type CallOutcome =
  | { kind: "ok"; text: string; latencyMs: number }
  | { kind: "unknown tool" | "bad arguments" | "refused"; text: string; latencyMs: number }
  /** The resource is missing or private: go on with the next one. */
  | { kind: "skip this item"; text: string; latencyMs: number }
  /** The service behind the tool is down or limits us: do not repeat. */
  | { kind: "server down"; text: string; latencyMs: number }
  | { kind: "timed out" | "failed"; text: string; latencyMs: number }
  /** It began before an interruption, and nobody knows whether it took effect. */
  | { kind: "uncertain"; text: string; latencyMs: number }
  /** A person is asked; the turn parks. */
  | { kind: "waiting"; text: string; latencyMs: number };

export interface Journal {
  /** Resolves once the intent is stored. If it rejects, the call does not run. */
  intent(call: ToolCall, tool: Tool | undefined, decision: GateDecision, context: ToolContext): Promise<void>;
  outcome(call: ToolCall, outcome: CallOutcome, context: ToolContext): Promise<void>;
}
