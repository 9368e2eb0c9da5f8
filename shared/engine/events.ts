/** What a turn tells while it runs: for streaming, for the control room, for logs. */
import type { CallOutcome } from "./journal.ts";
import type { ToolCall, Usage } from "./model.ts";

export type TurnEvent =
  | { kind: "step"; step: number }
  | { kind: "text"; piece: string }
  /** The text streamed so far belonged to a step that asked for tools: it is not the answer. */
  | { kind: "retracted" }
  | { kind: "call"; call: ToolCall }
  /** How far a call is that takes long, or what it waits for. What a tool from outside says is foreign text. */
  | { kind: "progress"; call: ToolCall; text: string }
  | { kind: "result"; call: ToolCall; outcome: CallOutcome }
  | { kind: "completed"; usage: Usage; by: string };
