/** A policy as a person types it: numbers within the bounds that the settings have, or the sentence that says what is wrong. */
import type { Policy } from "./replay.ts";

/** The bounds are those of SWARM_IMPLICIT_REPLIES, SWARM_PACE and the scale of relevance. */
const NUMBERS = {
  cap: { says: "the cap", min: 1, max: 6, whole: true },
  pace: { says: "the pace", min: 0.01, max: 10, whole: false },
  relevanceMin: { says: "the least relevance", min: 1, max: 10, whole: true },
} as const satisfies Record<keyof Policy, object>;

export type PolicyName = keyof typeof NUMBERS;

/** Reads what was typed; what is missing or empty changes nothing. */
export function readPolicy(
  typed: Partial<Record<PolicyName, string | null | undefined>>,
): { policy: Policy } | { because: string } {
  const policy: Policy = {};
  for (const name of ["cap", "pace", "relevanceMin"] as const) {
    const text = typed[name]?.trim() ?? "";
    if (text === "") continue;
    const { says, min, max, whole } = NUMBERS[name];
    const number = Number(text);
    if (!(number >= min && number <= max) || (whole && !Number.isInteger(number))) {
      return { because: `“${text}” is not ${says}: write a ${whole ? "whole " : ""}number from ${min} to ${max}.` };
    }
    policy[name] = number;
  }
  return { policy };
}
