/** A root decided again, by the same pure functions, under another policy. Pure: what was told goes in, what would have been comes out. */
import { byRank, DECIDE_GRACE_MS, type Message, type OutcomeKind, type Tier } from "../ledger/index.ts";
import { type Decision, decide, type Standing } from "../routing/index.ts";
import type { Recorded, Thread } from "./thread.ts";

/** What is changed; whatever is left out stays as it was. */
export type Policy = { cap?: number; pace?: number; relevanceMin?: number };

/** What would have become of one message for one agent. */
export type Fate = {
  agent: string;
  message: number;
  /** Undefined when it cannot be known. */
  outcome: OutcomeKind | undefined;
  because: string;
  tier: Tier | undefined;
  /** How long after the message it would have bid to speak. */
  etaMs: number | undefined;
  /** False where the agent's own part, what a model would have said, never happened and is assumed. */
  certain: boolean;
};

/** An agent that never held a slot here would have needed about as long as the others, or this. */
const TURN_MS = 5_000;

type Due = { record: Recorded; shiftMs: number };
type Bid = Due & { agent: string; tier: Tier; eta: number; because: string; defersTo: string | undefined };
type Instant = { at: number; order: number };

/** One fate for each decision that would have been made, by message and agent. Messages that would not have been said have none. */
export function replayThread({ messages, records }: Thread, policy: Policy): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  const bidders = new Set<string>();
  /** Who volunteered to answer the person. */
  const volunteers = new Set<string>();
  const answered: string[] = [];
  const shifts = new Map<number, number>();
  let waiting: Bid[] = [];
  let freeAt = Number.NEGATIVE_INFINITY;
  // Until something differs from what happened, what each agent saw of the others is what it was recorded to see.
  let diverged = false;

  let agenda: Due[] = messages.filter((said) => claimBehind(said) === undefined).flatMap((said) => hear(said.seq, 0));
  while (true) {
    agenda = agenda.toSorted((one, other) => compare(instantOf(one), instantOf(other)));
    const [next] = agenda;
    const [front] = waiting.toSorted(byRank);
    if (next !== undefined && (front === undefined || compare(instantOf(next), readyAt(front)) <= 0)) {
      agenda = agenda.slice(1);
      decideAgain(next);
    } else if (front !== undefined) hold(front, readyAt(front).at);
    else return fates;
    const full = answered.length >= capOf(waiting[0]);
    const late = waiting.filter(({ defersTo }) => full || answered.includes(defersTo ?? ""));
    waiting = waiting.filter((bid) => !late.includes(bid));
    for (const bid of late) lose(bid);
  }

  function decideAgain(due: Due): void {
    const { record, shiftMs } = due;
    if (record.standing === undefined) {
      settle(due, { ...asItWas(record), certain: false });
      return;
    }
    const decision = decide(standingUnder(record, record.standing));
    if (decision.kind === "judge") {
      settle(due, neverAsked(decision));
      return;
    }
    if (decision.kind === "decline") {
      diverged ||= record.bid !== undefined;
      settle(due, { outcome: decision.outcome, because: decision.because });
      return;
    }
    const { tier, because, defersTo } = decision;
    const eta = saidAt(record.message) + shiftMs + decision.delayMs;
    diverged ||= record.bid?.tier !== tier || record.bid.eta !== eta;
    bidders.add(record.agent);
    if (tier === 2) volunteers.add(record.agent);
    const bid: Bid = { ...due, agent: record.agent, tier, eta, because, defersTo };
    if (tier === 1 || wasWithdrawn(record)) speakOutsideTheSlots(bid);
    else waiting.push(bid);
  }

  /** Whoever is addressed waits for nobody; and what a person paused or deleted ended whatever the policy. */
  function speakOutsideTheSlots(bid: Bid): void {
    const { record } = bid;
    settle(bid, record.bid?.tier === bid.tier ? { ...asItWas(record), ...placeOf(bid) } : assumed(bid));
    if (record.turn !== undefined && record.bid !== undefined) {
      say(record, Math.max(bid.eta, instantOf(bid).at) - Math.max(record.bid.eta, record.at));
    }
  }

  function hold(bid: Bid, at: number): void {
    const { record } = bid;
    waiting = waiting.filter((other) => other !== bid);
    if (record.turn === undefined) {
      settle(bid, assumed(bid));
      freeAt = at + typicalTurnMs();
      answered.push(bid.agent);
      return;
    }
    freeAt = at + record.turn.endedAt - record.turn.heldAt;
    const certain = answeredBefore(record.turn.heldAt).join() === answered.join();
    settle(bid, { ...asItWas(record), ...placeOf(bid), certain });
    if (record.outcome?.outcome !== "replied") return;
    answered.push(bid.agent);
    say(record, freeAt - record.turn.endedAt);
  }

  function lose(bid: Bid): void {
    const owner = bid.defersTo !== undefined && answered.includes(bid.defersTo) ? bid.defersTo : undefined;
    const to = answered.length === 0 ? "no volunteer may answer" : `${answered.join(" and ")} had answered already`;
    const because = owner === undefined ? to : `${owner}, who owns the subject, had answered already`;
    const certain = answered.every((agent) => answeredBefore(Number.POSITIVE_INFINITY).includes(agent));
    settle(bid, { ...placeOf(bid), outcome: "lost", because, certain });
  }

  function settle(
    { record: { agent, message } }: Due,
    fate: Pick<Fate, "outcome" | "because"> & Partial<Omit<Fate, "agent" | "message">>,
  ): void {
    const nothing = { tier: undefined, etaMs: undefined, certain: true };
    fates.set(keyOf(message, agent), { ...nothing, ...fate, agent, message });
  }

  /** Its answer appears, and the others decide about it, so much later or sooner than they did. */
  function say(record: Recorded, shiftMs: number): void {
    for (const said of messages) if (claimBehind(said) === record) agenda.push(...hear(said.seq, shiftMs));
  }

  function hear(message: number, shiftMs: number): Due[] {
    shifts.set(message, shiftMs);
    return records.filter((record) => record.message === message).map((record) => ({ record, shiftMs }));
  }

  function standingUnder(record: Recorded, was: Standing): Standing {
    const standing = { ...was, ...policy };
    if (!diverged && standing.cap === was.cap) return standing;
    const slotsWantedBy = [...volunteers];
    return { ...standing, reaction: { ...was.reaction, slotsWantedBy, lookedAlready: bidders.has(record.agent) } };
  }

  /** When the first in rank may take a slot: its time has come, nobody holds, everybody has decided or was waited for long enough. */
  function readyAt(bid: Bid): Instant {
    const decisions = records.filter(({ message }) => message === bid.record.message);
    const decided = decisions.map((record) => instantOf({ record, shiftMs: bid.shiftMs })).toSorted(compare);
    const grace = { at: Math.max(bid.eta, instantOf(bid).at) + DECIDE_GRACE_MS, order: 0 };
    const waited = [decided.at(-1) ?? grace, grace].toSorted(compare)[0] ?? grace;
    const all = [instantOf(bid), { at: bid.eta, order: 0 }, { at: freeAt, order: 0 }, waited];
    return all.toSorted(compare).at(-1) ?? waited;
  }

  /** The volunteers who had answered this root when somebody began its turn. */
  function answeredBefore(at: number): string[] {
    return records
      .filter(
        ({ bid, turn, outcome }) =>
          (bid?.tier ?? 1) > 1 && turn && turn.endedAt <= at && outcome?.outcome === "replied",
      )
      .toSorted((one, other) => (one.turn?.heldAt ?? 0) - (other.turn?.heldAt ?? 0))
      .map(({ agent }) => agent);
  }

  function assumed(bid: Bid): Omit<Fate, "agent" | "message"> {
    const because = `${bid.because}; it never had its turn, so whether it would have answered or passed nobody knows`;
    return { ...placeOf(bid), outcome: "replied", because, certain: false };
  }

  function placeOf({ tier, eta, shiftMs, record }: Bid): Pick<Fate, "tier" | "etaMs"> {
    return { tier, etaMs: eta - shiftMs - saidAt(record.message) };
  }

  function asItWas({ outcome, bid, message }: Recorded): Omit<Fate, "agent" | "message"> {
    const because = outcome?.outcome === "replied" ? bid?.because : outcome?.because;
    const etaMs = bid && bid.eta - saidAt(message);
    return {
      outcome: outcome?.outcome,
      because: because ?? "has no outcome yet",
      tier: bid?.tier,
      etaMs,
      certain: true,
    };
  }

  function typicalTurnMs(): number {
    const turns = records.flatMap(({ turn }) => (turn === undefined ? [] : [turn.endedAt - turn.heldAt]));
    return turns.length === 0 ? TURN_MS : turns.reduce((sum, ms) => sum + ms, 0) / turns.length;
  }

  /** The record of the claim that this message is the answer of; none for what a person said, or what no claim brought. */
  function claimBehind({ sender, replyTo }: Message): Recorded | undefined {
    if (sender.kind !== "agent") return undefined;
    const trigger = messages.find(({ messageId }) => messageId === replyTo);
    return records.find(
      ({ agent, message, turn }) => agent === sender.name && message === trigger?.seq && turn !== undefined,
    );
  }

  function saidAt(seq: number): number {
    return messages.find((said) => said.seq === seq)?.saidAt ?? 0;
  }

  function capOf(bid: Bid | undefined): number {
    return policy.cap ?? bid?.record.standing?.cap ?? Number.POSITIVE_INFINITY;
  }
}

/** The key of a fate. */
export function keyOf(message: number, agent: string): string {
  return `${message} ${agent}`;
}

function neverAsked({ question }: Extract<Decision, { kind: "judge" }>): Pick<Fate, "outcome" | "because" | "certain"> {
  const about = question === "relevance" ? "whose message it is" : "whether this changes anything";
  return {
    outcome: undefined,
    because: `a model would have been asked ${about}; nobody asked, so nobody knows`,
    certain: false,
  };
}

function wasWithdrawn({ bid, outcome }: Recorded): boolean {
  return bid !== undefined && ["declined", "blocked", "missed"].includes(outcome?.outcome ?? "");
}

function instantOf({ record, shiftMs }: Due): Instant {
  return { at: record.at + shiftMs, order: record.order };
}

function compare(one: Instant, other: Instant): number {
  return one.at - other.at || one.order - other.order;
}
