/** The last 24 hours of each agent, counted from the claims that ended and the money that was spent. */
import type { EndedClaim, SpendSum } from "../../shared/ledger/index.ts";
import { median } from "../parts/figures.ts";
import type { Once } from "./once.ts";

export type AgentDay = {
  agent: string;
  answered: number;
  /** Claims it made because it was addressed; and because the message was its domain or it disagreed. */
  addressed: number;
  volunteered: number;
  passed: number;
  yielded: number;
  failed: number;
  /** Half of its answers came sooner after the message than this. */
  medianMs: number | undefined;
  spentUsd: number;
  /** Its answers, oldest first. */
  answers: readonly Pick<EndedClaim, "at" | "tookMs">[];
  /** Answers in each of the last 24 clock hours; the last one is the hour that runs. */
  hourly: readonly number[];
};

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** One row an agent of the roster, in its order. */
export async function readDay(once: Once, agents: readonly string[], now: number): Promise<AgentDay[]> {
  const from = new Date(now).setMinutes(0, 0, 0) - (HOURS - 1) * HOUR_MS;
  const [claims, spend] = await Promise.all([once.ended(from), once.spent(from)]);
  return agents.map((agent) => dayOf(agent, claims, spend, from));
}

function dayOf(agent: string, claims: readonly EndedClaim[], spend: readonly SpendSum[], from: number): AgentDay {
  const own = claims.filter((claim) => claim.agent === agent);
  const ended = (outcome: EndedClaim["outcome"]) => own.filter((claim) => claim.outcome === outcome);
  const replies = ended("replied");
  const hourly = Array.from({ length: HOURS }, () => 0);
  for (const { at } of replies) {
    const hour = Math.min(HOURS - 1, Math.floor((at - from) / HOUR_MS));
    hourly[hour] = (hourly[hour] ?? 0) + 1;
  }
  return {
    agent,
    answered: replies.length,
    addressed: own.filter(({ tier }) => tier === 1).length,
    volunteered: own.filter(({ tier }) => tier > 1).length,
    passed: ended("passed").length,
    yielded: ended("lost").length,
    failed: ended("failed").length,
    medianMs: median(replies.map(({ tookMs }) => tookMs)),
    answers: replies,
    spentUsd: spend.find((sum) => sum.agent === agent)?.costUsd ?? 0,
    hourly,
  };
}
