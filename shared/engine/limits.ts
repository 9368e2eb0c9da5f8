/** How far one turn may go. Every limit has a name, a unit and a default; at a limit the turn says what it did and ends. */
import type { Usage } from "./model.ts";

export type Limits = {
  /** Completions of one turn, the closing one not counted. 25 is what the Python system allowed. */
  stepsMax: number;
  /** How long one tool call may run. */
  callMs: number;
  /** Calls of one step that are run; what is asked beyond them is not, and the model is told. */
  callsPerStepMax: number;
  /** Input and output tokens of all completions together. 25 steps over a context of 16,000 fit. */
  tokensMax: number;
  /** Dollars of all completions together. The default is the session's cap of the cost guardian. */
  usdMax: number;
  /** How long the whole turn may take. A step under way is interrupted. */
  wallMs: number;
  /** Characters of one result that a model reads. The default holds a SKILL.md of the longest advised size, 5,000 tokens. */
  resultCharactersMax: number;
  /** Characters of all entries of the running turn before old results are shortened. The default is about 50,000 tokens. */
  entriesCharactersMax: number;
  /** Tokens that one completion may have. */
  tokensPerCompletionMax: number;
};

export const defaultLimits: Limits = {
  stepsMax: 25,
  callMs: 120_000,
  callsPerStepMax: 16,
  tokensMax: 400_000,
  usdMax: 1,
  wallMs: 600_000,
  resultCharactersMax: 24_000,
  entriesCharactersMax: 200_000,
  tokensPerCompletionMax: 4_096,
};

/** What a turn has used so far. */
export type Spent = { steps: number; usage: Usage; wallPassed: boolean };

/** The sentence that names the limit a turn has reached, or undefined while it may take another step. */
export function limitReached(limits: Limits, spent: Spent): string | undefined {
  const tokens = spent.usage.inputTokens + spent.usage.outputTokens;
  if (spent.steps >= limits.stepsMax) return `the turn reached its limit of ${limits.stepsMax} steps`;
  if (spent.wallPassed) return `the turn reached its limit of ${limits.wallMs / 1000} seconds`;
  if (tokens >= limits.tokensMax) return `the turn used ${tokens} tokens, its limit is ${limits.tokensMax}`;
  if (spent.usage.costUsd >= limits.usdMax)
    return `the turn cost $${spent.usage.costUsd.toFixed(2)}, its limit is $${limits.usdMax.toFixed(2)}`;
  return undefined;
}
