/** What the engine asks of a model. The llm module implements it. */
import type { z } from "zod";
import type { Tool } from "./tool.ts";

/** One entry of the conversation that a model sees, oldest first. */
export type Entry =
  | { role: "system"; text: string }
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; calls: readonly ToolCall[] }
  | { role: "tool"; callId: string; tool: string; text: string };

/** One asking for a tool. `arguments` is the raw JSON text, as the model wrote it: it may be broken. */
export type ToolCall = { id: string; tool: string; arguments: string };

export type ModelRequest = {
  entries: readonly Entry[];
  /** Tools the model may ask for; none means it must answer in words. */
  tools: readonly Tool[];
  /** Ask for an answer of this shape, as JSON text. */
  answer?: { name: string; schema: z.ZodType };
  /** Tokens the answer may have. */
  tokensMax: number;
};

/** Tokens and dollars of one completion. `cachedTokens` are part of `inputTokens`. */
export type Usage = { inputTokens: number; cachedTokens: number; outputTokens: number; costUsd: number };

export type Completion = {
  kind: "completed";
  text: string;
  calls: readonly ToolCall[];
  usage: Usage;
  /** It reached `tokensMax` before its end: the text, or the arguments of the last call, stop in the middle. */
  cut?: true;
  /** Who answered, for example "deepseek/deepseek-flash" or "offline". */
  by: string;
};

/** A model that did not answer is not an answer: it never reaches history or memory. */
export type ModelFailure = { kind: "failed"; because: string; usage: Usage };

export type ModelOptions = {
  signal: AbortSignal;
  /** Called with each piece of the answer's text as it arrives. */
  onText?: (piece: string) => void;
};

/** A model was told to stop, and what it had used until then is known. An AbortError like any other. */
export class ModelStopped extends Error {
  override readonly name = "AbortError";
  readonly usage: Usage;
  /** Who was answering. */
  readonly by: string;

  constructor({ usage, by, cause }: { usage: Usage; by: string; cause: unknown }) {
    super("The model call was stopped.", { cause });
    this.usage = usage;
    this.by = by;
  }
}

/**
 * A model of one tier behind its chain of providers. Rejects only with an AbortError, a ModelStopped where it is known what
 * the call has cost; every other failure is a value.
 */
export interface Model {
  complete(request: ModelRequest, options: ModelOptions): Promise<Completion | ModelFailure>;
}

export const noUsage: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 };

/** The sum of two usages. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costUsd: one.costUsd + other.costUsd,
  };
}
