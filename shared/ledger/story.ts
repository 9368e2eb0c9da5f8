/** The story of one message: who judged it, what each agent decided and why, who claimed and held, what was sent, what it cost. */
import type { Ledger } from "./ledger.ts";
import type { Expense } from "./spend.ts";
import type { AgentRow, Claim, Judgement, Message, Outcome, OutcomeKind, Parcel, Tier } from "./types.ts";

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
};

/** One answer that left: its texts, and which model wrote them. */
export type Sent = { claim: Claim; by: string; parts: readonly Parcel[]; message: Message | undefined };

export type Story = {
  message: Message;
  /** The person's message that it goes back to; itself, for a person's message. */
  root: Message;
  judgements: readonly (Judgement & { scope: string })[];
  /** One for each agent that heard it: those who claimed first, in the order of their turn. */
  verdicts: readonly Verdict[];
  /** Every claim on the root, in the order they were placed. */
  claims: readonly Claim[];
  /** Every answer to the root that was handed over for delivery. */
  sent: readonly Sent[];
  /** Model calls for this message: judging it, and answering it. */
  expenses: readonly Expense[];
  costUsd: number;
};

/** Reads it; undefined when the ledger has no such message. */
export async function storyOf(ledger: Ledger, seq: number): Promise<Story | undefined> {
  const message = await ledger.messages.get(seq);
  if (message === undefined) return undefined;
  const [root, roster, outcomes, judgements, claims, thread, expenses] = await Promise.all([
    message.root === seq ? message : ledger.messages.get(message.root),
    ledger.agents.roster(),
    ledger.outcomes.ofMessage(seq),
    ledger.judgements.ofMessage(seq),
    ledger.claims.ofRoot(message.root),
    ledger.messages.thread(message.root),
    ledger.spend.ofMessage(seq),
  ]);
  const verdicts = heardBy(message, roster, outcomes).map((agent) =>
    verdictOf(agent, {
      message,
      claim: claims.find((claim) => claim.message === seq && claim.agent === agent),
      outcome: outcomes.find((outcome) => outcome.agent === agent),
      judgement: judgements.find(({ scope }) => scope === agent) ?? judgements.find(({ scope }) => scope === "swarm"),
      alive: roster.some((row) => row.name === agent && row.alive),
    }),
  );
  return {
    message,
    root: root ?? message,
    judgements,
    verdicts: verdicts.toSorted(byTurn),
    claims,
    sent: await sentBy(ledger, claims, thread),
    expenses,
    costUsd: expenses.reduce((sum, { costUsd }) => sum + costUsd, 0),
  };
}

/** Who was in the swarm when it was recorded, and whoever has dealt with it since; not its own speaker. */
function heardBy(message: Message, roster: readonly AgentRow[], outcomes: readonly Outcome[]): string[] {
  const there = roster.filter(({ firstAt }) => firstAt <= message.recordedAt).map(({ name }) => name);
  const speaker = message.sender.kind === "agent" ? message.sender.name : undefined;
  return [...new Set([...there, ...outcomes.map(({ agent }) => agent)])].filter((name) => name !== speaker).toSorted();
}

type Facts = {
  message: Message;
  claim: Claim | undefined;
  outcome: Outcome | undefined;
  judgement: Judgement | undefined;
  alive: boolean;
};

function verdictOf(agent: string, { message, claim, outcome, judgement, alive }: Facts): Verdict {
  return {
    agent,
    outcome: outcome?.outcome,
    because: whyOf({ claim, outcome, alive }),
    fit: judgement?.state === "made" ? judgement.scores[agent] : undefined,
    claim,
    tier: claim?.tier,
    etaMs: claim && claim.eta - message.saidAt,
    tookMs: outcome && outcome.at - message.saidAt,
  };
}

/** An answer is explained by why its agent bid for it; "answered" would say nothing. */
function whyOf({ claim, outcome, alive }: Pick<Facts, "claim" | "outcome" | "alive">): string {
  if (outcome?.outcome === "replied") return claim?.because ?? outcome.because;
  if (outcome !== undefined) return outcome.because;
  if (claim !== undefined) return claim.because;
  return alive ? "has not decided yet" : "is down; it decides when it is up again";
}

function byTurn(one: Verdict, other: Verdict): number {
  const turn = ({ claim }: Verdict) => (claim === undefined ? Number.POSITIVE_INFINITY : claim.tier * 1e15 + claim.eta);
  const [first, second] = [turn(one), turn(other)];
  if (first !== second) return first - second;
  return (other.fit ?? 0) - (one.fit ?? 0) || (one.agent < other.agent ? -1 : 1);
}

async function sentBy(ledger: Ledger, claims: readonly Claim[], thread: readonly Message[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const claim of claims) {
    const parts = await ledger.outbox.ofClaim(claim.id);
    const [first] = parts;
    if (first === undefined) continue;
    sent.push({ claim, by: first.by, parts, message: thread.find(({ messageId }) => messageId === first.sentId) });
  }
  return sent;
}
