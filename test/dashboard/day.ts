/** A plausible day of the swarm, made through the ledger's own doors, for the eyes and for the views' tests. */
import { secret } from "../../shared/base/index.ts";
import type { Ledger, Tier } from "../../shared/ledger/index.ts";
import { DELAYS_MS, RELEVANCE_MIN, type Standing } from "../../shared/routing/index.ts";
import { type ShiftedClock, SIX } from "./home.ts";

type Part = {
  agent: string;
  tier: Tier;
  /** Seconds after the message at which it bids to answer. */
  eta: number;
  because: string;
  /** What it says; undefined to pass. */
  says?: string;
  /** Seconds that it holds. */
  takes?: number;
  by?: string;
};

type Scene = {
  says: string;
  fits?: Record<string, number>;
  parts: readonly Part[];
  declines?: Record<string, string>;
  leaveOpen?: boolean;
};

/** Plays one message of a person: judged, claimed, answered, and every outcome written. Returns its sequence number. */
export async function play({ ledger, clock }: { ledger: Ledger; clock: ShiftedClock }, scene: Scene): Promise<number> {
  const at = clock.now();
  const { seq } = await ledger.messages.record({
    room: "room:main",
    messageId: `p${secret(9)}`,
    topic: null,
    sender: { kind: "owner", id: "owner", name: "you" },
    text: scene.says,
    replyTo: null,
    saidAt: at,
  });
  const until = (seconds: number) => clock.tick(Math.max(0, at + seconds * 1_000 - clock.now()));
  if (scene.fits !== undefined) {
    const taken = await ledger.judgements.take({ message: seq, scope: "swarm" }, "kronos");
    until(0.9);
    if (taken.kind === "yours") {
      await ledger.judgements.make(
        { message: seq, scope: "swarm" },
        { agent: "kronos", attempt: taken.attempt },
        { scores: scene.fits, costUsd: 0.0004, because: "one call for all" },
      );
    }
    await ledger.spend.add({
      agent: "kronos",
      purpose: "judge",
      message: seq,
      by: "deepseek/deepseek-chat",
      inputTokens: 900,
      cachedTokens: 0,
      outputTokens: 60,
      costUsd: 0.0004,
    });
  }
  const bidders = scene.parts.map(({ agent }) => agent);
  for (const { name } of SIX.filter((agent) => !bidders.includes(agent.name))) {
    const fit = scene.fits?.[name];
    const because =
      scene.declines?.[name] ?? (fit === undefined ? `addressed to ${bidders[0]}` : `fit ${fit} of 10, needs 7`);
    await ledger.outcomes.put({
      message: seq,
      agent: name,
      outcome: "declined",
      because,
      standing: standingOf(name, scene),
    });
  }
  const claims = [];
  for (const { agent, tier, eta, because } of scene.parts) {
    const standing = standingOf(agent, scene);
    const bid = { message: seq, root: seq, agent, tier, eta: at + eta * 1_000, because, standing };
    claims.push(await ledger.claims.place(bid));
  }
  for (const [index, { eta, says, takes = 5, agent, by = "deepseek/deepseek-chat" }] of scene.parts.entries()) {
    const claim = claims[index];
    if (claim === undefined) continue;
    until(eta);
    await beat(ledger);
    const taking = await ledger.claims.take(claim.id, { cap: 2 });
    if (taking.kind !== "held") continue;
    if (scene.leaveOpen) {
      clock.tick(2_000);
      await ledger.claims.draft(claim.id, taking.fence, says ?? "");
      continue;
    }
    for (let gone = 0; gone < takes; gone += 5) {
      clock.tick(Math.min(5, takes - gone) * 1_000);
      await beat(ledger);
      await ledger.claims.renew(claim.id, taking.fence);
    }
    await ledger.spend.add({
      agent,
      purpose: "answer",
      message: seq,
      by,
      inputTokens: 2_400,
      cachedTokens: 900,
      outputTokens: 210,
      costUsd: says === undefined ? 0.0011 : 0.0019 + eta / 9_000,
    });
    if (says === undefined) {
      await ledger.claims.pass(claim.id, taking.fence, "nothing to add to what was said");
      continue;
    }
    await ledger.claims.commitReply(claim.id, taking.fence, { parts: [says], by });
    clock.tick(400);
    const parcel = await ledger.outbox.take(agent);
    if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: agent, name: agent });
  }
  return seq;
}

/** What this agent's part in the scene was decided from, so that it can be replayed. */
function standingOf(me: string, { says, fits, parts, declines }: Scene): Standing {
  const part = parts.find(({ agent }) => agent === me);
  const owned = /owns “(.+)”/.exec(part?.because ?? "")?.[1];
  const addressed = parts.filter(({ tier }) => tier === 1).map(({ agent }) => agent);
  const bounds = addressed.includes(me) ? "addressed" : owned === undefined ? "volunteer" : "owner";
  const [least, most] = DELAYS_MS[bounds];
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
    quiet: declines?.[me],
    alone: false,
    hasWords: says !== "",
    owned,
    ownedBy: undefined,
    handedOver: false,
    judgement: fits && { scores: fits },
    reaction: { slotsWantedBy: [], lookedAlready: false, nearestMs: undefined },
    cap: 2,
    relevanceMin: RELEVANCE_MIN,
    dice: part === undefined ? 0.5 : (part.eta * 1_000 - least) / (most - least),
    pace: 1,
  };
}

/** All six are alive at this moment. */
export async function beat(ledger: Ledger): Promise<void> {
  for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.beat(name, epoch);
}

const OFFLINE = "offline";

/** From the morning to now: short exchanges, one agent that starts again, jobs, and the talk that the drawing shows. */
export async function liveThroughADay(home: { ledger: Ledger; clock: ShiftedClock }): Promise<void> {
  const { ledger, clock } = home;
  const until = new Date(clock.now()).setHours(15, 20, 0, 0);
  clock.tick(new Date(until).setHours(7, 2, 0, 0) - clock.now());
  for (const [index, agent] of SIX.entries()) await ledger.agents.arrive(agent, 4_000 + index);
  for (const [hour, minute, agent, says, answer] of SMALL_TALK) {
    clock.tick(Math.max(0, new Date(until).setHours(hour, minute, 0, 0) - clock.now()));
    await beat(ledger);
    await play(home, {
      says,
      parts: [{ agent, tier: 1, eta: 2.2, because: "addressed by name", says: answer, takes: 4 }],
    });
  }
  await job(home, "expire-old-rows", "ran", "12 rows of last month were deleted");
  await job(home, "rotate-logs", "skipped", "no log was larger than 10 MB");
  clock.tick(new Date(until).setHours(14, 2, 7, 0) - clock.now());
  await ledger.agents.arrive(card("keystone"), 4_107);
  await beat(ledger);
  await play(home, BIG);
  clock.tick(new Date(until).setHours(15, 16, 0, 0) - clock.now());
  await beat(ledger);
  await play(home, REACTION);
  clock.tick(new Date(until).setHours(15, 19, 50, 0) - clock.now());
  await beat(ledger);
  await play(home, {
    says: "@lacuna what would you call that first report?",
    parts: [
      {
        agent: "lacuna",
        tier: 1,
        eta: 1.4,
        because: "addressed by name",
        says: "Not a report. People open it to see whether last week was **worth it**, so call it what it",
      },
    ],
    leaveOpen: true,
  });
  await beat(ledger);
}

async function job(
  { ledger, clock }: { ledger: Ledger; clock: ShiftedClock },
  name: string,
  state: "ran" | "skipped",
  because: string,
): Promise<void> {
  const due = clock.now();
  await ledger.occurrences.begin(name, due);
  clock.tick(300);
  await ledger.occurrences.finish(name, due, state, because);
}

function card(name: string) {
  const found = SIX.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`no such agent: ${name}`);
  return found;
}

const SMALL_TALK: readonly (readonly [number, number, string, string, string])[] = [
  [
    7,
    40,
    "kronos",
    "@kronos what matters today?",
    "One thing: the decision on the importer. Everything else can wait until it is made.",
  ],
  [
    8,
    5,
    "nexus",
    "@nexus how many people came back last week?",
    "412 of 1,030, which is 40 %. The week before it was 43 %; the difference is inside the noise.",
  ],
  [
    9,
    12,
    "impulse",
    "@impulse what can I finish before lunch?",
    "The invoice template. Twenty minutes, and nobody asks again.",
  ],
  [
    9,
    48,
    "resonant",
    "@resonant how do I tell Ana that the launch moves?",
    "First what stays the same, then what moves, then why. She plans her week around it, so tell her before noon.",
  ],
  [
    10,
    30,
    "kronos",
    "@kronos is the roadmap page still true?",
    "Two of its seven lines are. I would delete it and keep the three promises.",
  ],
  [
    11,
    20,
    "keystone",
    "@keystone did the backup run?",
    "Yes, and I restored it into a scratch folder to be sure. All tables open.",
  ],
  [12, 45, "nexus", "@nexus which screen loses most people?", "Connect-a-source, 61 % of the drop."],
  [13, 31, "lacuna", "@lacuna one line for the pricing page?", "“Pay when it paid off.”"],
];

const BIG: Scene = {
  says: "We have two weeks and one engineer. Ship the importer or fix the churn in onboarding first?",
  fits: { kronos: 9, nexus: 8, keystone: 7, impulse: 7, lacuna: 3, resonant: 4 },
  parts: [
    {
      agent: "kronos",
      tier: 2,
      eta: 3.1,
      takes: 5.6,
      because: "kronos owns “priorities”",
      says: "Onboarding. The importer adds users to a funnel that loses four in ten before they see value; every week you delay the fix, you pay for it twice.\n\nTwo weeks, one goal: the share of new accounts that reach their first report. Freeze everything else.",
    },
    {
      agent: "nexus",
      tier: 2,
      eta: 11.4,
      takes: 12.2,
      because: "fit 8 of 10",
      says: "One number before you commit: **61 %** of the drop happens on the connect-a-source screen, not on sign-up. Fixing that screen alone is about four days.\n\nThat leaves a week for the importer’s smallest slice:\n\n1. one source, `csv`\n2. no mapping screen\n3. a link to the result",
    },
    { agent: "keystone", tier: 2, eta: 12, because: "fit 7 of 10" },
    { agent: "impulse", tier: 2, eta: 17.8, because: "fit 7 of 10" },
  ],
};

const REACTION: Scene = {
  says: "Draft the note to the team about the onboarding sprint, three sentences.",
  fits: { kronos: 7, nexus: 4, keystone: 3, impulse: 5, lacuna: 6, resonant: 9 },
  parts: [
    { agent: "kronos", tier: 2, eta: 9, because: "fit 7 of 10", takes: 3 },
    {
      agent: "resonant",
      tier: 2,
      eta: 12.7,
      because: "fit 9 of 10",
      by: OFFLINE,
      says: "For two weeks we do one thing: help new people reach their first report. The importer waits, and that is a decision, not a delay. If something on your desk does not serve that, say so today and we will move it together.",
    },
  ],
};
