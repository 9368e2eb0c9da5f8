/** What running calls needs of their turn. */
import type { Clock } from "../base/index.ts";
import type { Approver } from "./approver.ts";
import type { JudgeLoop } from "./breaker.ts";
import type { TurnEvent } from "./events.ts";
import type { Gate } from "./gate.ts";
import type { Journal } from "./journal.ts";
import type { Limits } from "./limits.ts";
import type { TurnRecord } from "./record.ts";
import type { Seen, Source } from "./sources.ts";
import type { Tool } from "./tool.ts";

export type Calling = {
  /** The turn's id. */
  id: string;
  agent: string;
  /** The chat that it belongs to. */
  chat?: string;
  tools: readonly Tool[];
  limits: Limits;
  gate: Gate;
  journal: Journal;
  clock: Clock;
  signal: AbortSignal;
  /** What people said in the conversation, oldest first. */
  said: readonly string[];
  /** Of that, what this turn answers, and what was said while it ran. */
  saidNow: readonly string[];
  /** The text of others in the turn; a call that brings text from outside adds to it. */
  seen: Seen[];
  /** Whose text has entered the turn; a call that brings text from outside adds to it. */
  sources: Source[];
  /** Judges whether the turn goes round in circles; repeats alone without it. */
  judgeLoop?: JudgeLoop;
  /** Asks a person about risky calls. Without it they are refused. */
  approver?: Approver;
  /** What the turn has done so far. */
  record?: TurnRecord;
  onEvent?: (event: TurnEvent) => void;
  /** Cleans and fences what a tool brought from outside. A turn with such tools must have it. */
  sanitize?: (text: string, tool: string) => string;
};
