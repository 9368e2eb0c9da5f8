/** What each agent decided about a message, and why: read from outcomes, claims, judgements and spend. The one composition, for whoever tells it. */

import { hears } from "./agents.ts";
import { byRank } from "./claims/rank.ts";
import type { Ledger } from "./ledger.ts";
import type { Expense } from "./spend.ts";
import type { AgentRow, Claim, Judgement, Message, Outcome, OutcomeKind, Tier } from "./types.ts";

/** What one agent made of the message. */
export type Verdict = {
  agent: string;
  /** Undefined while it has not dealt with the message. */
  outcome: OutcomeKind | undefined;
  /** Why: a sentence. For an agent that still waits or writes it says why it wants to answer. */
  because: string;
  /** Relevance for it, 1–10, where somebody judged. */
  fit: number | undefined;
  /** Its claim on this very message. */
  claim: Claim | undefined;
  tier: Tier | undefined;
  /** How long after the message it wanted to speak. */
  etaMs: number | undefined;
  /** How long after the message its outcome was written. */
  tookMs: number | undefined;
  /** It is asking a model at this moment. */
  judges: boolean;
  /** Its process is alive at this moment. */
  alive: boolean;
};

export type Decided = {
  message: number;
  /** One for each agent that heard it: those who claimed first, in the order of their turn. */
  verdicts: readonly Verdict[];
  judgements: readonly (Judgement & { scope: string })[];
  /** Model calls for this message: judging it, and answering it. */
  expenses: readonly (Expense & { at: number })[];
  costUsd: number;
};

/** Reads the decisions on these messages, in their order. An agent that came later has no part in them until it deals with them. */
export async function decisionsOn(ledger: Ledger, messages: readonly Message[]): Promise<Decided[]> {
  const seqs = messages.map(({ seq }) => seq);
  const [roster, outcomes, claims, judgements, expenses] = await Promise.all([
    ledger.agents.roster(),
    ledger.outcomes.ofMessages(seqs),
    ledger.claims.ofRoots(messages.map(({ root }) => root)),
    ledger.judgements.ofMessages(seqs),
    ledger.spend.ofMessages(seqs),
  ]);
  return messages.map((message) => {
    const own = <Row extends { message: number | null }>(rows: readonly Row[]) =>
      rows.filter((row) => row.message === message.seq);
    const facts = { message, roster, outcomes: own(outcomes), claims: own(claims), judgements: own(judgements) };
    const paid = own(expenses);
    return {
      message: message.seq,
      verdicts: heardBy(facts)
        .map((agent) => verdictOf(agent, facts))
        .toSorted(byTurn),
      judgements: facts.judgements,
      expenses: paid,
      costUsd: paid.reduce((sum, { costUsd }) => sum + costUsd, 0),
    };
  });
}

type Facts = {
  message: Message;
  roster: readonly AgentRow[];
  outcomes: readonly Outcome[];
  claims: readonly Claim[];
  judgements: readonly (Judgement & { scope: string })[];
};

/** Whoever heard it, and whoever has dealt with it since; not its own speaker. */
function heardBy({ message, roster, outcomes, claims }: Facts): string[] {
  const there = roster.filter((agent) => hears(agent, message)).map(({ name }) => name);
  const speaker = message.sender.kind === "agent" ? message.sender.name : undefined;
  const dealing = [...outcomes, ...claims].map(({ agent }) => agent);
  return [...new Set([...there, ...dealing])].filter((name) => name !== speaker);
}

function verdictOf(agent: string, { message, roster, outcomes, claims, judgements }: Facts): Verdict {
  const claim = claims.find((one) => one.agent === agent);
  const outcome = outcomes.find((one) => one.agent === agent);
  const judgement =
    judgements.find(({ scope }) => scope === agent) ?? judgements.find(({ scope }) => scope === "swarm");
  const alive = roster.some((row) => row.name === agent && row.alive);
  const judges = judgement?.state === "asking" && judgement.by === agent;
  return {
    agent,
    outcome: outcome?.outcome,
    because: whyOf({ claim, outcome, alive, judges }),
    fit: judgement?.state === "made" ? judgement.scores[agent] : undefined,
    claim,
    tier: claim?.tier,
    etaMs: claim && claim.eta - message.saidAt,
    tookMs: outcome && outcome.at - message.saidAt,
    judges,
    alive,
  };
}

type Known = { claim: Claim | undefined; outcome: Outcome | undefined; alive: boolean; judges: boolean };

/** An answer is explained by why its agent bid for it; "answered" would say nothing. */
function whyOf({ claim, outcome, alive, judges }: Known): string {
  if (outcome?.outcome === "replied") return claim?.because ?? outcome.because;
  if (outcome !== undefined) return outcome.because;
  if (claim?.state === "expired") return "lost its lease and tries again";
  if (claim !== undefined) return claim.because;
  if (!alive) return "is down; it decides when it is up again";
  return judges ? "asks a model whom the message concerns" : "has not decided yet";
}

function byTurn(one: Verdict, other: Verdict): number {
  if (one.claim !== undefined && other.claim !== undefined) return byRank(one.claim, other.claim);
  if (one.claim !== undefined || other.claim !== undefined) return one.claim === undefined ? 1 : -1;
  return (other.fit ?? 0) - (one.fit ?? 0) || (one.agent < other.agent ? -1 : 1);
}
