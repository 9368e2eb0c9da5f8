/** What a model may ask for, and what it declares about itself. */
import type { z } from "zod";
import type { Seen, Source } from "./sources.ts";

/** What a tool changes: nothing, something of this machine, or something in the world. */
export type Effects = "none" | "local" | "external";

export type ToolContext = {
  agent: string;
  /** The chat that the turn belongs to, for what stays open from one turn to the next; a turn without it stands alone. */
  chat?: string;
  /** The turn and the call that asks, for audit and for effect keys. */
  turnId: string;
  callId: string;
  /** The same for this call whenever it is tried: services that know such keys do a thing once. */
  effectKey: string;
  /** Whose text has entered the turn so far. */
  sources: readonly Source[];
  /** What people said in the conversation as the turn is told it, word for word, oldest first; nothing in work that no person began. */
  said: readonly string[];
  /** Of that, what this turn answers, and what was said while it ran. */
  saidNow: readonly string[];
  /** What others said, and what came from outside, in this turn so far. */
  seen: readonly Seen[];
  /** Tells whoever watches how far a long call is, or what it waits for; a line of text. */
  onProgress?: (text: string) => void;
  signal: AbortSignal;
};

/** What running brings: a text for the model, or the end of the turn. */
export type ToolResult = { text: string } | { passed: string };

/** What a tool may do is declared here, never guessed from its name. */
export type Tool<Input = unknown> = {
  /** verb-noun, as the file is called. */
  name: string;
  description: string;
  input: z.ZodType<Input>;
  effects: Effects;
  /** `risky` asks a person first. */
  risk: "safe" | "risky";
  /** Why a risky call waits, as a person reads it behind the tool's name: "is risky" if nothing else is said. */
  because?: string;
  /** The gate that must be open for it, by its name in security; a name nobody knows is a closed gate. */
  gate?: string;
  /** `outside` results are sanitized and fenced before a model reads them. */
  source: "trusted" | "outside";
  /** Whether several calls of one step may run at the same time: only for tools without effects. */
  parallel: boolean;
  run(input: Input, context: ToolContext): Promise<ToolResult>;
  /**
   * For tools with effects that can find out: what came of a call that an interruption cut off, undefined when it did not
   * happen. Without it such a call is uncertain, and a person is asked.
   */
  settled?(input: Input, context: ToolContext): Promise<ToolResult | undefined>;
};

/** Checks the input's type where the tool is written, then forgets it, so that tools of all inputs share one list. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
  return tool as Tool;
}
