/** One message, from reading it to its outcome: decide, judge if need be, claim, speak. Walk 1 of ARCHITECTURE.md. */
import { type Clock, dice } from "../base/index.ts";
import { wordsFound } from "../config/index.ts";
import type { AgentCard, Bid, Ledger, Message } from "../ledger/index.ts";
import {
  addressees,
  type Decision,
  decide,
  type Judge,
  type Judged,
  type Standing,
  volunteer,
} from "../routing/index.ts";
import { type Speaking, speak } from "./reply.ts";

export type Attending = {
  card: AgentCard;
  /** Everybody who belongs to the swarm, up or not, this agent too. */
  members: readonly AgentCard[];
  ledger: Ledger;
  clock: Clock;
  judge: Judge;
  speaking: Speaking;
  /** Implicit replies that a root may get. */
  cap: number;
  pace: number;
  strangers: "ignore" | "chat";
  catchUpMaxAgeMsOf(room: string): number;
  /** Waits for its turn while this agent already speaks as often as it may at a time. */
  inTurn<Result>(speakNow: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
};

/** Deals with one message until its outcome is written or its reply stands in the outbox. Rejects with an AbortError when told to stop. */
export async function attend(attending: Attending, message: Message, signal: AbortSignal): Promise<void> {
  const { card, ledger } = attending;
  if (message.sender.kind === "agent" && message.sender.name === card.name) return;
  const decision = await decideOn(attending, message, signal);
  if (decision.kind === "decline") {
    await ledger.outcomes.put({
      message: message.seq,
      agent: card.name,
      outcome: decision.outcome,
      because: decision.because,
    });
    return;
  }
  await claimAndSpeak(
    attending,
    {
      message: message.seq,
      root: message.root,
      agent: card.name,
      tier: decision.tier,
      eta: message.saidAt + decision.delayMs,
      because: decision.because,
    },
    signal,
  );
}

/** Takes the slot and speaks; a lost lease means bidding again, until the claim has ended. Also where a restarted agent goes on. */
export async function claimAndSpeak(attending: Attending, bid: Bid, signal: AbortSignal): Promise<void> {
  const { ledger, clock, cap, speaking, inTurn } = attending;
  while (true) {
    const volunteering = await volunteer(
      { claims: ledger.claims, changes: ledger.changes, now: clock.now, cap },
      bid,
      signal,
    );
    if (volunteering.kind === "ended") return;
    const spoken = await inTurn(() => speak(speaking, volunteering, signal), signal);
    if (spoken.kind === "done") return;
  }
}

async function decideOn(
  attending: Attending,
  message: Message,
  signal: AbortSignal,
): Promise<Exclude<Decision, { kind: "judge" }>> {
  const { ledger, judge } = attending;
  const roster = attending.members;
  const root = message.root === message.seq ? message : await ledger.messages.get(message.root);
  let judgement: Judged | undefined;
  while (true) {
    const decision = decide(await standingOf(attending, message, root ?? message, roster, judgement));
    if (decision.kind !== "judge") return decision;
    judgement = await judge.judge({ kind: decision.question, message, root: root ?? message }, roster, signal);
  }
}

async function standingOf(
  attending: Attending,
  message: Message,
  root: Message,
  roster: readonly AgentCard[],
  judgement: Judged | undefined,
): Promise<Standing> {
  const { card, ledger, clock, cap } = attending;
  const me = card.name;
  const now = clock.now();
  const addressed = addressees(message, roster, await repliedTo(ledger, message));
  const isPeer = message.sender.kind === "agent";
  return {
    me,
    sender: message.sender,
    addressed,
    rootAddressed: isPeer ? addressees(root, roster, await repliedTo(ledger, root)) : addressed,
    hops: message.hops,
    ageMs: now - message.saidAt,
    catchUpMaxAgeMs: attending.catchUpMaxAgeMsOf(message.room),
    strangers: attending.strangers,
    paused: await ledger.controls.pausedBecause(me),
    quiet: undefined,
    alone: roster.length === 1,
    hasWords: /[\p{L}\p{N}]/u.test(message.text),
    owned: card.owns.find(({ words }) => wordsFound(message.text, words).length > 0)?.subject,
    judgement,
    reaction: isPeer ? await reactionOf(ledger, message, me, cap, now) : NO_REACTION,
    dice: dice(message.root, me),
    pace: attending.pace,
  };
}

const NO_REACTION: Standing["reaction"] = { slotFree: false, lookedAlready: false, lastReactionAgoMs: undefined };

async function reactionOf(
  ledger: Ledger,
  message: Message,
  me: string,
  cap: number,
  now: number,
): Promise<Standing["reaction"]> {
  const claims = await ledger.claims.ofRoot(message.root);
  const wanted = claims.filter(({ tier, state, slot }) => tier > 1 && (slot !== null || state === "placed"));
  const last = await ledger.claims.lastReaction(me);
  return {
    slotFree: wanted.length < cap,
    lookedAlready: claims.some(({ agent }) => agent === me),
    lastReactionAgoMs: last === undefined ? undefined : now - last,
  };
}

async function repliedTo(ledger: Ledger, message: Message): Promise<Message | undefined> {
  return message.replyTo === null ? undefined : ledger.messages.find(message.room, message.replyTo);
}
