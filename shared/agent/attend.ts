/** One message, from reading it to its outcome: decide, judge if need be, claim, speak. Walk 1 of ARCHITECTURE.md. */
import { type Clock, dice, splitText } from "../base/index.ts";
import type { AgentCard, Bid, Ledger, Message, OutcomeKind, Saying } from "../ledger/index.ts";
import {
  addressees,
  type Decision,
  decide,
  type Judge,
  type Judged,
  ownersOf,
  RELEVANCE_MIN,
  type Standing,
  volunteer,
} from "../routing/index.ts";
import { COMMAND_MAX_AGE_MS, type Commands } from "./commands.ts";
import { type Door, stoppedAtTheDoor } from "./door.ts";
import { speak } from "./reply.ts";
import type { Speaking } from "./speaking.ts";

export type Attending = {
  card: AgentCard;
  /** Everybody who belongs to the swarm, up or not, this agent too. */
  members: readonly AgentCard[];
  ledger: Ledger;
  clock: Clock;
  judge: Judge;
  commands: Commands;
  speaking: Speaking;
  /** Implicit replies that a root may get. */
  cap: number;
  pace: number;
  strangers: "ignore" | "chat";
  door: Door;
  catchUpMaxAgeMsOf(room: string): number;
  /** Why this agent does not volunteer now, though it answers when addressed: its money for today is spent. */
  quiet(): Promise<string | undefined>;
};

/** Deals with one message until its outcome is written or its reply stands in the outbox. Rejects with an AbortError when told to stop. */
export async function attend(attending: Attending, message: Message, signal: AbortSignal): Promise<void> {
  const { card, ledger } = attending;
  if (message.sender.kind === "agent" && message.sender.name === card.name) return;
  if (await obeyed(attending, message)) return;
  const stopped = await stoppedAtTheDoor(attending, message);
  if (stopped !== undefined) {
    await ledger.outcomes.put({ message: message.seq, agent: card.name, outcome: "blocked", because: stopped });
    return;
  }
  const { decision, standing } = await decideOn(attending, message, signal);
  const heardInTime = decision.kind === "reply" || decision.outcome === "declined";
  if (heardInTime) await watchOwned(attending, message, standing);
  if (decision.kind === "decline") {
    await ledger.outcomes.put({
      message: message.seq,
      agent: card.name,
      outcome: decision.outcome,
      because: decision.because,
      standing,
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
      defersTo: decision.defersTo ?? null,
      standing,
    },
    signal,
  );
}

/** Whether it is an owner's command to the swarm. Every agent hears it; the first that gets to it obeys, and tells the room. */
async function obeyed(attending: Attending, message: Message): Promise<boolean> {
  const { card, clock, ledger, commands, speaking } = attending;
  const { seq, sender, text, saidAt, room, topic } = message;
  if (sender.kind !== "owner" || !commands.knows(text)) return false;
  const put = (outcome: OutcomeKind, because: string) =>
    ledger.outcomes.put({ message: seq, agent: card.name, outcome, because });
  const say = (more: Pick<Saying, "key" | "text" | "state" | "because" | "parts">) =>
    ledger.deliveries.say({ job: "commands", severity: "info", agent: card.name, room, topic, ...more });
  if (clock.now() - saidAt > COMMAND_MAX_AGE_MS) {
    const others = await ledger.outcomes.ofMessage(seq);
    if (others.some(({ outcome }) => outcome === "declined")) await put("declined", SEEN_TO);
    else await put("missed", "a command that nobody was there to obey");
    return true;
  }
  // One row for all: whoever writes it obeys.
  const key = `command ${seq}`;
  const mine = await say({ key, text, state: "dropped", because: `${card.name} obeys it`, parts: [] });
  if (mine === undefined) {
    await put("declined", SEEN_TO);
    return true;
  }
  const answer = await commands.run(text, sender.name);
  const parts = splitText(answer, speaking.textMaxOf(room));
  await say({ key: `${key} answered`, text: answer, state: "queued", because: `${sender.name} asked`, parts });
  await put("declined", `a command: ${answer}`);
  return true;
}

const SEEN_TO = "a command that was seen to already";

/** What somebody owns is watched, whoever hears it first: the owner may be away. */
async function watchOwned({ ledger, members }: Attending, message: Message, standing: Standing): Promise<void> {
  if (message.sender.kind === "agent" || standing.addressed.length > 0 || standing.alone) return;
  const [owned] = ownersOf(message.text, members);
  const owner = members.find(({ name }) => name === owned?.agent);
  if (owned === undefined || owner === undefined) return;
  if ((await ledger.watches.of(message.seq)) !== undefined) return;
  await ledger.watches.begin({
    message: message.seq,
    subject: owned.subject,
    owner: owner.name,
    deadlineAt: message.saidAt + owner.slaMinutes * 60_000,
  });
}

/** Takes the slot and speaks; a lost lease means bidding again, until the claim has ended. Also where a restarted agent goes on. */
export async function claimAndSpeak(attending: Attending, bid: Bid, signal: AbortSignal): Promise<void> {
  const { ledger, clock, cap, pace, speaking } = attending;
  while (true) {
    const { claims, changes } = ledger;
    const volunteering = await volunteer({ claims, changes, clock, cap, pace }, bid, signal);
    if (volunteering.kind === "ended") return;
    const spoken = await speak(speaking, volunteering, signal);
    if (spoken.kind === "done") return;
  }
}

async function decideOn(
  attending: Attending,
  message: Message,
  signal: AbortSignal,
): Promise<{ decision: Exclude<Decision, { kind: "judge" }>; standing: Standing }> {
  const { ledger, judge } = attending;
  const roster = attending.members;
  const root = message.root === message.seq ? message : await ledger.messages.get(message.root);
  let judgement: Judged | undefined;
  while (true) {
    const standing = await standingOf(attending, message, root ?? message, roster, judgement);
    const decision = decide(standing);
    if (decision.kind !== "judge") return { decision, standing };
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
  const owners = isPeer ? [] : ownersOf(message.text, roster);
  const mine = owners.find(({ agent }) => agent === me);
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
    quiet: await attending.quiet(),
    alone: roster.length === 1,
    hasWords: /[\p{L}\p{N}]/u.test(message.text),
    owned: mine?.subject,
    ownedBy: mine === undefined ? owners[0] : undefined,
    handedOver: isPeer && addressed.includes(me) && (await handedOver(ledger, message, me)),
    judgement,
    reaction: isPeer ? await reactionOf(ledger, message, me) : NO_REACTION,
    cap,
    relevanceMin: RELEVANCE_MIN,
    dice: dice(root.room, root.messageId, me),
    pace: attending.pace,
  };
}

const NO_REACTION: Standing["reaction"] = {
  slotsWantedBy: [],
  lookedAlready: false,
  nearestMs: undefined,
};

async function reactionOf(ledger: Ledger, message: Message, me: string): Promise<Standing["reaction"]> {
  const claims = await ledger.claims.ofRoot(message.root);
  const wanted = claims.filter(({ tier, state }) => tier === 2 && state !== "failed" && state !== "withdrawn");
  return {
    slotsWantedBy: wanted.map(({ agent }) => agent),
    lookedAlready: claims.some(({ agent }) => agent === me),
    nearestMs: await ledger.claims.nearestReaction(me, message.root),
  };
}

/** Whether the sender has given this root to this agent as an assignment. */
async function handedOver(ledger: Ledger, { root, sender }: Message, me: string): Promise<boolean> {
  const given = await ledger.assignments.ofMessage(root);
  return given.some(({ kind, agent, giver }) => kind === "hand-off" && agent === me && giver === sender.name);
}

async function repliedTo(ledger: Ledger, message: Message): Promise<Message | undefined> {
  return message.replyTo === null ? undefined : ledger.messages.find(message.room, message.replyTo);
}
