/** The figures of a day, on a real ledger: what was said, who answered how soon, who did not and why, what was lost and repaired. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Ledger, Tier } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const DAY_MS = 86_400_000;

let clock: StandingClock;
let ledger: Ledger;
let close: () => void;
beforeEach(async () => {
  clock = standingClock();
  ({ ledger, close } = await openTestLedger(clock));
  for (const name of ["kronos", "nexus"]) await ledger.agents.arrive(card(name), 1);
  clock.tick(1_000);
});
afterEach(() => close());

const today = () => ledger.report(clock.now() - DAY_MS, clock.now() + 1);
const ask = async (text: string) => (await ledger.messages.record(said(text, { saidAt: clock.now() }))).seq;

async function beat() {
  for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.beat(name, epoch);
}

async function hold(message: number, agent: string, tier: Tier, afterMs: number) {
  const eta = clock.now() + afterMs;
  const claim = await ledger.claims.place({ message, root: message, agent, tier, eta, because: "fit 9 of 10" });
  clock.tick(afterMs);
  await beat();
  const taking = await ledger.claims.take(claim.id, { cap: 2 });
  if (taking.kind !== "held") throw new Error(`${agent} does not hold: ${taking.because}`);
  return { id: claim.id, fence: taking.fence };
}

async function answer(message: number, agent: string, tier: Tier, afterMs: number) {
  const { id, fence } = await hold(message, agent, tier, afterMs);
  await ledger.claims.commitReply(id, fence, { parts: ["So it is."], by: "scripted" });
  await ledger.outbox.post((await ledger.outbox.take(agent))?.id ?? 0, { id: agent, name: agent });
}

const decline = (message: number, agent: string, because: string) =>
  ledger.outcomes.put({ message, agent, outcome: "declined", because });

test("an empty ledger has nothing but zeros", async () => {
  expect(await today()).toMatchObject({
    messages: { people: 0, agents: 0 },
    replies: [],
    volunteersPerRoot: [],
    outcomes: [],
    unanswered: [],
    latency: [],
    calls: [],
    recoveries: { lost: 0, again: { count: 0 } },
    pauses: [],
    assignments: [],
  });
});

test("counts replies by agent and tier, volunteers by root, and how long answers took", async () => {
  const addressed = await ask("@kronos, what first?");
  await decline(addressed, "nexus", "you addressed kronos");
  await answer(addressed, "kronos", 1, 2_000);
  const own = await ask("What first?");
  await decline(own, "nexus", "fit 3 of 10, needs 7");
  await answer(own, "kronos", 2, 6_000);
  const nobodys = await ask("Hm.");
  await decline(nobodys, "nexus", "fit 2 of 10, needs 7");
  await decline(nobodys, "kronos", "fit 5 of 10, needs 7");

  const report = await today();
  expect(report.messages).toEqual({ people: 3, agents: 2 });
  expect(report.replies).toEqual([
    { agent: "kronos", tier: 1, count: 1 },
    { agent: "kronos", tier: 2, count: 1 },
  ]);
  expect(report.volunteersPerRoot).toEqual([
    { volunteers: 0, roots: 1 },
    { volunteers: 1, roots: 1 },
  ]);
  expect(report.latency).toEqual([
    { tier: 1, count: 1, p50Ms: 2_000, p95Ms: 2_000 },
    { tier: 2, count: 1, p50Ms: 6_000, p95Ms: 6_000 },
  ]);
  expect(report.outcomes).toEqual([
    {
      outcome: "declined",
      count: 4,
      reasons: [
        { because: "fit below 7 of 10", count: 3 },
        { because: "you addressed an agent", count: 1 },
      ],
    },
    { outcome: "replied", count: 2, reasons: [{ because: "answered", count: 2 }] },
  ]);
  expect(report.unanswered).toEqual([
    {
      message: nobodys,
      text: "Hm.",
      open: false,
      because: ["kronos declined: fit 5 of 10, needs 7", "nexus declined: fit 2 of 10, needs 7"],
    },
  ]);
});

test("tells how soon a lost holder's slot was taken again, and how long a pause lasted", async () => {
  const root = await ask("What first?");
  await decline(root, "nexus", "fit 3 of 10, needs 7");
  const { id } = await hold(root, "kronos", 2, 5_000);
  clock.tick(31_000);
  await beat();
  await ledger.claims.sweep();
  clock.tick(4_000);
  await beat();
  await ledger.claims.place({ message: root, root, agent: "kronos", tier: 2, eta: 0, because: "" });
  expect((await ledger.claims.take(id, { cap: 2 })).kind).toBe("held");
  await ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: null });
  clock.tick(60_000);
  await ledger.controls.resume("swarm", "");
  await ledger.controls.pause({ scope: "agent", name: "nexus", by: "you", until: null });

  const { recoveries, pauses, unanswered } = await today();
  expect(recoveries).toEqual({ lost: 1, again: { count: 1, p50Ms: 4_000, p95Ms: 4_000 } });
  const at = clock.now() - 60_000;
  expect(pauses).toEqual([
    { scope: "swarm", name: "", by: "you", at, resumedAt: clock.now() },
    { scope: "agent", name: "nexus", by: "you", at: clock.now(), resumedAt: null },
  ]);
  expect(unanswered).toMatchObject([{ message: root, open: true }]);
});

test("leaves out what was said before, and counts model calls by what they were for", async () => {
  const old = await ask("Long ago.");
  await decline(old, "kronos", "fit 1 of 10, needs 7");
  clock.tick(2 * DAY_MS);
  const call = { message: old, by: "scripted", inputTokens: 1, cachedTokens: 0, outputTokens: 1, agent: "kronos" };
  await ledger.spend.add({ ...call, purpose: "judge", costUsd: 0.001 });
  await ledger.spend.add({ ...call, purpose: "judge", costUsd: 0.001 });
  await ledger.spend.add({ ...call, purpose: "answer", costUsd: 0.004 });
  const report = await today();
  expect(report.messages.people).toBe(0);
  expect(report.outcomes).toEqual([]);
  expect(report.calls).toMatchObject([
    { purpose: "judge", count: 2 },
    { purpose: "answer", count: 1, costUsd: 0.004 },
  ]);
  const week = await ledger.report(clock.now() - 7 * DAY_MS, clock.now());
  expect(week.messages.people).toBe(1);
});
