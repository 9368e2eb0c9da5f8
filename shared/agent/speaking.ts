/** All that an agent needs to think and speak, whatever made it: a claim, or work it was given. */
import type { Clock, Log } from "../base/index.ts";
import type { Gate, Journal, Limits, Tool } from "../engine/index.ts";
import type { AgentCard, Ledger, Message } from "../ledger/index.ts";
import type { Memory } from "../memory/index.ts";
import type { Learning, Skills } from "../skills/index.ts";
import type { Telemetry } from "../telemetry/index.ts";
import type { Turns } from "../turns/index.ts";
import type { Persona } from "./context.ts";
import type { Purse } from "./purse.ts";
import type { Remembering } from "./remembering.ts";

/** Where an agent learns about its skills. */
export type Learner = {
  learning: Learning;
  skills: Pick<Skills, "list">;
  /** The folder of its persona, whose files it may propose to change. */
  personaFolder?: string;
  /** Whether its model can judge turns; the offline one cannot, and then rules look at them. */
  thinks: boolean;
};

export type Speaking = {
  agent: string;
  members: readonly AgentCard[];
  persona: Persona;
  /** The skills it may load, as its prompt lists them. */
  catalogue?(): string;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  purse: Purse;
  /** Asked for at each turn: servers that bring tools come and go. */
  tools(): readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits: Limits;
  /** The output validator for a whole text, and for one that is still being written. */
  validate(text: string, before?: readonly string[]): string;
  validateDraft(text: string, before?: readonly string[]): string;
  sanitize(text: string, tool: string): string;
  textMaxOf(room: string): number;
  /** Shows in the room that this agent thinks, until the signal says stop. */
  typing?(place: { room: string; topic: string | null }, signal: AbortSignal): void;
  /** Waits for its turn while this agent already speaks as often as it may at a time. */
  inTurn<Result>(speakNow: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Where turns are kept step by step; without it a turn begins anew after an interruption. */
  turns?: Turns;
  /** Where it learns from its turns; without it nowhere. */
  learner?: Learner;
  /** Hears how turns went, without their texts. */
  telemetry?: Telemetry;
  /** What the agent remembers; without it nothing. */
  remembering?: Remembering;
  /** The memory itself, for work that tends it. */
  memory?: Pick<Memory, "consolidate" | "model" | "forget" | "correct" | "index">;
  /** Tools on its memory, for whoever said this message. */
  memoryTools?(asked: Message): Tool[];
  /** Whether a colleague looks at what this agent answers on a subject it owns, before it is sent. */
  dissent: "allow" | "require";
};
