/** Where an agent stands with a message, as a word with a tone: what came of it, or what it is doing. */
import type { AgentRow, Claim, Draft, OutcomeKind, Verdict } from "../../shared/ledger/index.ts";
import { duration } from "./figures.ts";
import type { Tone } from "./word.ts";

/** All that is known of the swarm at the moment a page shows: the agents, and what is being written. */
export type Scene = { now: number; roster: readonly AgentRow[]; drafts: readonly Draft[] };

export type Standing = { tone: Tone; word: string };

/** Each outcome as the swarm's own people say it. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, Standing>> = {
  replied: { tone: "ok", word: "answered" },
  declined: { tone: "off", word: "declined" },
  lost: { tone: "off", word: "yielded" },
  passed: { tone: "off", word: "passed" },
  blocked: { tone: "stop", word: "blocked" },
  failed: { tone: "stop", word: "failed" },
  missed: { tone: "off", word: "missed" },
};

/** What came of it, or what it does now. */
export function standingOf({ outcome, claim, judges, alive }: Verdict, scene: Scene): Standing {
  if (outcome !== undefined) return OUTCOME_WORDS[outcome];
  if (claim !== undefined) return claimStanding(claim, scene);
  if (!alive) return { tone: "stop", word: "down" };
  return { tone: "wait", word: judges ? "judging" : "deciding" };
}

/** The same, with the time that an answer took. */
export function inFull(verdict: Verdict, scene: Scene): Standing {
  const { tone, word } = standingOf(verdict, scene);
  const { outcome, tookMs } = verdict;
  return { tone, word: outcome === "replied" && tookMs !== undefined ? `${word} in ${duration(tookMs)}` : word };
}

/** What a claim that has not ended is doing. */
export function claimStanding(claim: Claim, { now, drafts }: Scene): Standing {
  switch (claim.state) {
    case "holding": {
      const writing = drafts.some((draft) => draft.claim === claim.id && draft.text !== "");
      return { tone: "wait", word: writing ? "writing" : "thinking" };
    }
    case "delivering":
      return { tone: "wait", word: "sending" };
    case "placed":
      return { tone: "wait", word: claim.eta > now ? `waits ${duration(claim.eta - now)}` : "waits" };
    default:
      return { tone: "wait", word: "starts again" };
  }
}
