/** Lives through one exchange: judged, claimed, worked on with tools, answered, and every outcome written, by the stores' own doors. */
import { stableId } from "../../../shared/base/index.ts";
import type { CallOutcome, Completion, GateDecision, ToolContext } from "../../../shared/engine/index.ts";
import type { Claim, Message } from "../../../shared/ledger/index.ts";
import { DELAYS_MS, RELEVANCE_MIN, type Standing } from "../../../shared/routing/index.ts";
import { MAIN_ROOM } from "../../../shared/transport/index.ts";
import type { Seeding } from "./seeding.ts";
import type { Called, Exchange, Said } from "./talk.ts";

const MODEL = "deepseek/deepseek-chat";
const USAGE = { inputTokens: 2_400, cachedTokens: 900, outputTokens: 210, costUsd: 0.0021 };
const CAP = 2;

export async function liveThrough(seeding: Seeding, exchange: Exchange): Promise<void> {
  const { ledger, clock, agents } = seeding;
  const at = clock.now();
  const root = await say(seeding, exchange.says);
  await seeding.beat();
  if (exchange.fits !== undefined) await judge(seeding, root, exchange.fits);
  for (const name of agents) {
    if (exchange.parts.some(({ agent }) => agent === name)) continue;
    const fit = exchange.fits?.[name];
    const because = fit === undefined ? `you addressed ${exchange.parts[0]?.agent}` : `fit ${fit} of 10, needs 7`;
    const standing = standingOf(name, exchange);
    await ledger.outcomes.put({ message: root.seq, agent: name, outcome: "declined", because, standing });
  }
  const bids: { part: Said; claim: Claim }[] = [];
  for (const part of exchange.parts) {
    const { agent, tier, eta, because } = part;
    const standing = standingOf(agent, exchange);
    const bid = { message: root.seq, root: root.seq, agent, tier, eta: at + eta * 1_000, because, standing };
    bids.push({ part, claim: await ledger.claims.place(bid) });
  }
  for (const { part, claim } of bids) {
    clock.moveTo(at + part.eta * 1_000);
    await seeding.beat();
    const taking = await ledger.claims.take(claim.id, { cap: CAP });
    if (taking.kind === "held") await answer(seeding, root, part, { id: claim.id, fence: taking.fence });
  }
}

async function say({ ledger, clock }: Seeding, text: string): Promise<Message> {
  const { seq } = await ledger.messages.record({
    room: MAIN_ROOM,
    messageId: stableId("seed", text),
    topic: null,
    sender: { kind: "owner", id: "owner", name: "you" },
    text,
    replyTo: null,
    saidAt: clock.now(),
  });
  const message = await ledger.messages.get(seq);
  if (message === undefined) throw new Error("a message that was recorded is in the ledger");
  return message;
}

async function judge({ ledger, clock }: Seeding, { seq }: Message, scores: Readonly<Record<string, number>>) {
  const key = { message: seq, scope: "swarm" } as const;
  const [judging = "kronos"] = Object.keys(scores).toSorted();
  const taken = await ledger.judgements.take(key, judging);
  clock.pass(900);
  if (taken.kind !== "yours") return;
  const by = { agent: judging, attempt: taken.attempt };
  await ledger.judgements.make(key, by, { scores, costUsd: 0.0004, because: "one call for all" });
  const spent = { inputTokens: 900, cachedTokens: 0, outputTokens: 60, costUsd: 0.0004 };
  await ledger.spend.add({ agent: judging, purpose: "judge", message: seq, by: MODEL, ...spent });
}

async function answer(seeding: Seeding, root: Message, part: Said, held: { id: number; fence: number }): Promise<void> {
  const { ledger, clock } = seeding;
  const { agent, says, takes = 3, calls = [] } = part;
  await keepTurn(seeding, root, part, `claim ${held.id}`, calls);
  for (let gone = 0; gone < takes; gone += 5) {
    clock.pass(Math.min(5, takes - gone) * 1_000);
    await seeding.beat();
    await ledger.claims.renew(held.id, held.fence);
  }
  await ledger.spend.add({ agent, purpose: "answer", message: root.seq, by: MODEL, ...USAGE });
  if (says === undefined) {
    await ledger.claims.pass(held.id, held.fence, "nothing to add to what was said");
    return;
  }
  await ledger.claims.commitReply(held.id, held.fence, { parts: [says], by: MODEL });
  clock.pass(400);
  const parcel = await ledger.outbox.take(agent);
  if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: agent, name: agent });
}

/** The turn as `kaos turns` shows it, and its calls as the audit log has them. */
async function keepTurn(seeding: Seeding, root: Message, { agent, says }: Said, id: string, calls: readonly Called[]) {
  const { clock } = seeding;
  const { turns, audit } = await seeding.own(agent);
  const started = await turns.start({
    id,
    about: { message: root.seq, depth: 0, key: id, mayPass: true },
    entries: [{ role: "user", text: root.text }],
    sources: [{ label: "owner", from: "you" }],
  });
  if (!started.started) throw new Error(started.because);
  const asked = calls.map(({ tool, input }, at) => ({ id: `call_${at + 1}`, tool, arguments: JSON.stringify(input) }));
  if (asked.length > 0) await started.record.keepStep(1, { steered: [], completion: completed("", asked) });
  for (const [at, { kind = "ok", result, ms }] of calls.entries()) {
    const call = asked[at];
    if (call === undefined) continue;
    const context = contextOf(agent, id, call.id, root);
    const decision: GateDecision = kind === "refused" ? { allow: false, because: result } : { allow: true };
    await audit.intent(call, undefined, decision, context);
    await started.record.begin(1, call, context.effectKey);
    clock.pass(ms);
    const outcome: CallOutcome = { kind, text: result, latencyMs: ms };
    await audit.outcome(call, outcome, context);
    await started.record.end(1, call, outcome, false);
  }
  await started.record.keepStep(asked.length > 0 ? 2 : 1, { steered: [], completion: completed(says ?? "", []) });
  await turns.end(id, says === undefined ? "passed" : "answered", says === undefined ? "nothing to add" : "");
}

function completed(text: string, calls: Completion["calls"]): Completion {
  return { kind: "completed", text, calls, usage: USAGE, by: MODEL };
}

function contextOf(agent: string, turnId: string, callId: string, { text, room }: Message): ToolContext {
  const { signal } = new AbortController();
  const sources = [{ label: "owner", from: "you" }] as const;
  const effectKey = stableId(turnId, callId);
  return { agent, turnId, callId, chat: room, effectKey, sources, said: [text], saidNow: [text], seen: [], signal };
}

/** What this agent's part was decided from, so that it can be replayed under another policy. */
function standingOf(me: string, { says, fits, parts }: Exchange): Standing {
  const part = parts.find(({ agent }) => agent === me);
  const owned = /^\S+ owns “(.+)”/.exec(part?.because ?? "")?.[1];
  const addressed = parts.filter(({ tier }) => tier === 1).map(({ agent }) => agent);
  const [least, most] = DELAYS_MS[addressed.includes(me) ? "addressed" : owned === undefined ? "volunteer" : "owner"];
  return {
    me,
    sender: { kind: "owner", name: "you" },
    addressed,
    rootAddressed: addressed,
    hops: 0,
    ageMs: 900,
    catchUpMaxAgeMs: 600_000,
    strangers: "ignore",
    paused: undefined,
    quiet: undefined,
    alone: false,
    hasWords: says !== "",
    owned,
    ownedBy: undefined,
    handedOver: false,
    judgement: fits && { scores: fits },
    reaction: { slotsWantedBy: [], lookedAlready: false, nearestMs: undefined },
    cap: CAP,
    relevanceMin: RELEVANCE_MIN,
    dice: part === undefined ? 0.5 : Math.max(0, Math.min(1, (part.eta * 1_000 - least) / (most - least))),
    pace: 1,
  };
}
