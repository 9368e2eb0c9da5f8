/** What each agent decided about one message, and why: read from outcomes, claims, judgements and spend. */
import type {
  AgentRow,
  Claim,
  Draft,
  Expense,
  Judgement,
  Ledger,
  Message,
  Outcome,
  OutcomeKind,
  Tier,
} from "../../shared/ledger/index.ts";
import { duration } from "../parts/figures.ts";
import type { Tone } from "../parts/word.ts";

/** `tookMs` is how long after the message an answer was out. */
export type Standing = { tone: Tone; word: string; because: string; tookMs?: number };

export type Verdict = Standing & {
  agent: string;
  /** It made a claim on this message, so it is named in the summary. */
  claimed: boolean;
  /** No outcome yet: it still decides, waits or writes. */
  open: boolean;
  tier: Tier | undefined;
  /** Relevance for it, 1–10. */
  fit: number | undefined;
  /** How long after the message it bid to answer. */
  bidMs: number | undefined;
};

export type Decision = {
  message: number;
  verdicts: readonly Verdict[];
  /** Model calls to judge who should answer. */
  judgeCalls: number;
  costUsd: number;
};

/** All that is known of the swarm when decisions are read: the agents, and what is being written. */
export type Scene = { now: number; roster: readonly AgentRow[]; drafts: readonly Draft[] };

/** Reads the decisions on these messages, in their order. Agents that came to the swarm later have no part in them. */
export async function readDecisions(ledger: Ledger, messages: readonly Message[], scene: Scene): Promise<Decision[]> {
  const seqs = messages.map(({ seq }) => seq);
  const [outcomes, claims, judgements, expenses] = await Promise.all([
    ledger.outcomes.ofMessages(seqs),
    ledger.claims.ofRoots(messages.map(({ root }) => root)),
    ledger.judgements.ofMessages(seqs),
    ledger.spend.ofMessages(seqs),
  ]);
  const of = <Row extends { message: number | null }>(rows: readonly Row[], { seq }: Message) =>
    rows.filter((row) => row.message === seq);
  return messages.map((message) =>
    decisionOn(
      message,
      {
        outcomes: of(outcomes, message),
        claims: of(claims, message),
        judgements: of(judgements, message),
        expenses: of(expenses, message),
      },
      scene,
    ),
  );
}

type Rows = {
  outcomes: readonly Outcome[];
  claims: readonly Claim[];
  judgements: readonly (Judgement & { scope: string })[];
  expenses: readonly Expense[];
};

function decisionOn(message: Message, { outcomes, claims, judgements, expenses }: Rows, scene: Scene): Decision {
  const verdicts = heardBy(message, scene, [...outcomes, ...claims]).map((agent): Verdict => {
    const claim = claims.find((candidate) => candidate.agent === agent);
    const outcome = outcomes.find((candidate) => candidate.agent === agent);
    const judgement =
      judgements.find(({ scope }) => scope === agent) ?? judgements.find(({ scope }) => scope === "swarm");
    const judges = judgement?.state === "asking" && judgement.by === agent;
    return {
      agent,
      claimed: claim !== undefined,
      open: outcome === undefined,
      tier: claim?.tier,
      fit: judgement?.state === "made" ? judgement.scores[agent] : undefined,
      bidMs: claim && claim.eta - message.saidAt,
      ...standing({ agent, message, claim, outcome, judges }, scene),
    };
  });
  return {
    message: message.seq,
    verdicts: verdicts.toSorted(
      (a, b) => rank(a) - rank(b) || (a.bidMs ?? 0) - (b.bidMs ?? 0) || (b.fit ?? 0) - (a.fit ?? 0),
    ),
    judgeCalls: expenses.filter(({ purpose }) => purpose === "judge").length,
    costUsd: expenses.reduce((sum, { costUsd }) => sum + costUsd, 0),
  };
}

/** Each outcome as the swarm's own people say it. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, { tone: Tone; word: string }>> = {
  replied: { tone: "ok", word: "answered" },
  declined: { tone: "off", word: "declined" },
  lost: { tone: "off", word: "yielded" },
  passed: { tone: "off", word: "passed" },
  blocked: { tone: "stop", word: "blocked" },
  failed: { tone: "stop", word: "failed" },
  missed: { tone: "off", word: "missed" },
};

/** What a claim that has not ended is doing. */
export function claimStanding(claim: Claim, { now, drafts }: Scene): Standing {
  switch (claim.state) {
    case "holding": {
      const writing = drafts.some((draft) => draft.claim === claim.id && draft.text !== "");
      return { tone: "wait", word: writing ? "writing" : "thinking", because: claim.because };
    }
    case "delivering":
      return { tone: "wait", word: "sending", because: claim.because };
    case "placed": {
      const inMs = claim.eta - now;
      return { tone: "wait", word: inMs > 0 ? `waits ${duration(inMs)}` : "waits", because: claim.because };
    }
    default:
      return { tone: "wait", word: "starts again", because: "it lost its lease and tries again" };
  }
}

type Case = {
  agent: string;
  message: Message;
  claim: Claim | undefined;
  outcome: Outcome | undefined;
  judges: boolean;
};

function standing({ agent, message, claim, outcome, judges }: Case, scene: Scene): Standing {
  if (outcome !== undefined) {
    const { tone, word } = OUTCOME_WORDS[outcome.outcome];
    if (outcome.outcome !== "replied") return { tone, word, because: outcome.because };
    return { tone, word, because: claim?.because ?? outcome.because, tookMs: outcome.at - message.saidAt };
  }
  if (claim !== undefined) return claimStanding(claim, scene);
  if (judges) return { tone: "wait", word: "judging", because: "asks a model whom the message concerns" };
  const alive = scene.roster.some((row) => row.name === agent && row.alive);
  return alive
    ? { tone: "wait", word: "deciding", because: "has not decided yet" }
    : { tone: "stop", word: "down", because: "decides when it is up again" };
}

/** Who was in the swarm when the message was recorded, who still works towards it, and who has dealt with it since. */
function heardBy(message: Message, { roster }: Scene, dealtWith: readonly { agent: string }[]): string[] {
  const hears = (row: AgentRow) => row.firstAt <= message.recordedAt || row.cursor < message.seq;
  const there = roster.filter(hears).map(({ name }) => name);
  const known = dealtWith.map(({ agent }) => agent);
  const speaker = message.sender.kind === "agent" ? message.sender.name : undefined;
  return [...new Set([...there, ...known])].filter((name) => name !== speaker).toSorted();
}

/** Those who answered or are about to come first, then those who let go, then those who never bid. */
function rank({ tone, claimed, open }: Verdict): number {
  if (tone === "ok") return 0;
  if (claimed && open) return 1;
  if (claimed) return 2;
  return open ? 3 : 4;
}
