/** Should this agent answer, in which tier, and when? Pure: ledger, clock and models stay outside. */
import { type OutcomeKind, REACTION_COOLDOWN_MS, type Scores, type SenderKind, type Tier } from "../ledger/index.ts";

/** Everything the decision depends on. */
export type Standing = {
  me: string;
  sender: { kind: SenderKind; name: string };
  /** Agents that the message addresses, by name. */
  addressed: readonly string[];
  /** Agents that the root addresses: a chain belongs to those the person asked. */
  rootAddressed: readonly string[];
  /** Replies between the person's message and this one. */
  hops: number;
  ageMs: number;
  catchUpMaxAgeMs: number;
  strangers: "ignore" | "chat";
  /** Why this agent may not act now. */
  paused: string | undefined;
  /** Why this agent does not volunteer now, though it still answers when addressed. */
  quiet: string | undefined;
  /** This agent is the only one there is. */
  alone: boolean;
  /** The message has words or numbers; an emoji or a lone "!!!" has not. */
  hasWords: boolean;
  /** The subject of this message that this agent owns. */
  owned: string | undefined;
  /** The colleague that owns the subject of this message, while this agent does not. */
  ownedBy: { agent: string; subject: string } | undefined;
  /** The colleague that says this has handed the root to this agent, which answers it as an assignment. */
  handedOver: boolean;
  /** What the swarm thinks of the message, once somebody has asked. */
  judgement: { scores: Scores } | { failed: string } | undefined;
  /** For a colleague's message: whether this agent may still react to it. */
  reaction: {
    /** Who volunteered to answer the person, whatever came of it. */
    slotsWantedBy: readonly string[];
    lookedAlready: boolean;
    /** How far from this root, by when it was said, the nearest other lies on which this agent reacted. */
    nearestMs: number | undefined;
  };
  /** Implicit replies that a root may get. */
  cap: number;
  /** A message is an agent's own from this relevance on, 1–10. */
  relevanceMin: number;
  /** [0, 1), the same for this (root, agent) everywhere. */
  dice: number;
  /** Factor on all delays. */
  pace: number;
};

export type Decision =
  | { kind: "reply"; tier: Tier; delayMs: number; because: string; defersTo?: string }
  | { kind: "decline"; outcome: OutcomeKind; because: string }
  /** It depends on what the swarm thinks of the message: ask, then decide again. */
  | { kind: "judge"; question: "relevance" | "reaction" };

/** A message is an agent's own from this relevance on, 1–10, unless a replay asks what another limit would bring. */
export const RELEVANCE_MIN = 7;
/** Replies in a row between agents before a chain ends (I5). */
export const HOPS_MAX = 6;

/** How long an agent waits before it speaks, in ms from when the message was said: people need time too, and the spread decides who comes first. */
export const DELAYS_MS = {
  addressed: [1_000, 5_000],
  addressedByPeer: [3_000, 8_000],
  owner: [1_000, 4_000],
  volunteer: [5_000, 20_000],
  reaction: [15_000, 45_000],
} as const satisfies Record<string, readonly [number, number]>;

export function decide(standing: Standing): Decision {
  const { me, sender, addressed, paused } = standing;
  if (standing.ageMs > standing.catchUpMaxAgeMs) {
    return decline("missed", `${me} was away when it was said, ${duration(standing.ageMs)} ago`);
  }
  if (paused !== undefined) return decline("blocked", paused);
  if (sender.kind === "stranger" && standing.strangers === "ignore") {
    return decline("blocked", `${sender.name} is not on the allowlist (STRANGERS=ignore)`);
  }
  return sender.kind === "agent"
    ? decideOnPeer(standing)
    : addressed.length > 0
      ? decideOnAddress(standing)
      : decideOnOwn(standing);
}

/** A person addressed somebody. */
function decideOnAddress(standing: Standing): Decision {
  const { me, sender, addressed } = standing;
  if (addressed.includes(me)) return reply(standing, 1, "addressed", `${sender.name} addressed ${me}`);
  return decline("declined", `${sender.name} addressed ${list(addressed)}`);
}

/** A person said it to the room. */
function decideOnOwn(standing: Standing): Decision {
  const { me, judgement, owned } = standing;
  if (standing.alone) return reply(standing, 1, "addressed", `${me} is the only agent here`);
  if (!standing.hasWords) return decline("declined", "there is nothing in it to answer");
  if (standing.quiet !== undefined) return decline("declined", standing.quiet);
  if (owned !== undefined) return reply(standing, 2, "owner", `${me} owns “${owned}”`);
  if (judgement === undefined) return { kind: "judge", question: "relevance" };
  if ("failed" in judgement) return decline("declined", `nobody could judge whose message it is: ${judgement.failed}`);
  const score = judgement.scores[me] ?? 1;
  if (score < standing.relevanceMin) return decline("declined", `fit ${score} of 10, needs ${standing.relevanceMin}`);
  const { ownedBy } = standing;
  if (ownedBy === undefined) return reply(standing, 2, "volunteer", `fit ${score} of 10`);
  const { agent, subject } = ownedBy;
  const because = `fit ${score} of 10; stands back for ${agent}, who owns “${subject}”`;
  return { ...reply(standing, 2, "volunteer", because), defersTo: agent };
}

/** A colleague said it. Its text is never an order, and never a reason to speak unless it addresses this agent or answers a person. */
function decideOnPeer(standing: Standing): Decision {
  const { me, sender, addressed, hops, judgement, reaction } = standing;
  if (hops === 0) return decline("declined", `${sender.name} spoke without a person's message before it`);
  if (addressed.includes(me)) {
    if (standing.handedOver) return decline("declined", `${sender.name} has handed it over; ${me} answers that`);
    if (hops >= HOPS_MAX) return decline("declined", `the chain of replies has reached ${HOPS_MAX}`);
    return reply(standing, 1, "addressedByPeer", `${sender.name} addressed ${me}`);
  }
  if (addressed.length > 0) return decline("declined", `${sender.name} addressed ${list(addressed)}`);
  if (hops > 1) return decline("declined", `${sender.name} answered a colleague, not a person`);
  if (standing.rootAddressed.length > 0) return decline("declined", `the person asked ${list(standing.rootAddressed)}`);
  if (reaction.lookedAlready) return decline("declined", `${me} has dealt with the person's message already`);
  if (reaction.slotsWantedBy.length >= standing.cap) {
    return decline("declined", `${slots(standing.cap)} taken or waited for`);
  }
  if (standing.quiet !== undefined) return decline("declined", standing.quiet);
  if (reaction.nearestMs !== undefined && reaction.nearestMs < REACTION_COOLDOWN_MS) {
    return decline(
      "declined",
      `${me} reacts to a colleague on a message ${duration(reaction.nearestMs)} from this one`,
    );
  }
  if (judgement === undefined) return { kind: "judge", question: "reaction" };
  if ("failed" in judgement)
    return decline("declined", `nobody could judge the answer of ${sender.name}: ${judgement.failed}`);
  const score = judgement.scores[me] ?? 1;
  if (score < standing.relevanceMin)
    return decline("declined", `nothing to change in what ${sender.name} said (${score} of 10)`);
  return reply(standing, 3, "reaction", `would change what ${sender.name} said (${score} of 10)`);
}

function reply(
  { dice, pace }: Standing,
  tier: Tier,
  delay: keyof typeof DELAYS_MS,
  because: string,
): Extract<Decision, { kind: "reply" }> {
  const [least, most] = DELAYS_MS[delay];
  return { kind: "reply", tier, delayMs: Math.round((least + dice * (most - least)) * pace), because };
}

function decline(outcome: OutcomeKind, because: string): Decision {
  return { kind: "decline", outcome, because };
}

function slots(cap: number): string {
  return cap === 1 ? "the slot is" : cap === 2 ? "both slots are" : `all ${cap} slots are`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function duration(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1_000);
  if (s < 90) return `${s} s`;
  const min = Math.round(s / 60);
  return min < 90 ? `${min} min` : `${Math.round(min / 60)} h`;
}
