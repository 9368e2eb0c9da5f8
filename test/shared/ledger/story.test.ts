/** The story of a message, on a real ledger: every agent that heard it is in it, with why it did what it did. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, storyOf } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

describe("a story", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let root: number;
  const epochs = new Map<string, number>();

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    for (const name of ["kronos", "nexus", "lacuna"]) epochs.set(name, await ledger.agents.arrive(card(name), 1));
    clock.tick(1_000);
    root = (await ledger.messages.record(said("What first?", { saidAt: clock.now() }))).seq;
  });
  afterEach(() => close());

  async function answer(agent: string, text: string, bid: { tier: 1 | 2 | 3; delayMs: number; because: string }) {
    const { tier, because } = bid;
    const eta = clock.now() + bid.delayMs;
    const claim = await ledger.claims.place({ message: root, root, agent, tier, eta, because });
    clock.tick(bid.delayMs);
    const taking = await ledger.claims.take(claim.id, { cap: 2 });
    if (taking.kind !== "held") throw new Error(`${agent} did not hold: ${taking.because}`);
    await ledger.claims.commitReply(claim.id, taking.fence, { parts: [text], by: "scripted" });
    const parcel = await ledger.outbox.take(agent);
    await ledger.outbox.post(parcel?.id ?? 0, { id: agent, name: agent });
  }

  const verdicts = async (seq = root) =>
    ((await storyOf(ledger, seq))?.verdicts ?? []).map(({ agent, outcome, because }) => ({ agent, outcome, because }));

  test("has a verdict for every agent: those who bid in the order of their turn, then the others", async () => {
    for (const agent of ["nexus", "lacuna"]) {
      await ledger.outcomes.put({ message: root, agent, outcome: "declined", because: `not the matter of ${agent}` });
    }
    await answer("kronos", "Onboarding.", { tier: 1, delayMs: 500, because: "you addressed kronos" });
    expect(await verdicts()).toEqual([
      { agent: "kronos", outcome: "replied", because: "you addressed kronos" },
      { agent: "lacuna", outcome: "declined", because: "not the matter of lacuna" },
      { agent: "nexus", outcome: "declined", because: "not the matter of nexus" },
    ]);
  });

  test("tells who judged, the fit of each, what was sent and by which model, and what all of it cost", async () => {
    const key = { message: root, scope: "swarm" } as const;
    await ledger.judgements.take(key, "nexus");
    const scores = { kronos: 9, nexus: 3, lacuna: 1 };
    await ledger.judgements.make(key, { agent: "nexus", attempt: 1 }, { scores, costUsd: 0.001, because: "" });
    const call = { message: root, by: "scripted", inputTokens: 10, cachedTokens: 0, outputTokens: 2 };
    await ledger.spend.add({ ...call, agent: "nexus", purpose: "judge", costUsd: 0.001 });
    await answer("kronos", "Onboarding.", { tier: 1, delayMs: 500, because: "you addressed kronos" });
    await ledger.spend.add({ ...call, agent: "kronos", purpose: "answer", costUsd: 0.002 });

    const story = await storyOf(ledger, root);
    expect(story?.judgements).toMatchObject([{ state: "made", by: "nexus", scores }]);
    expect(story?.verdicts.map(({ agent, fit }) => [agent, fit])).toEqual([
      ["kronos", 9],
      ["nexus", 3],
      ["lacuna", 1],
    ]);
    expect(story?.verdicts[0]).toMatchObject({ tier: 1, etaMs: 500, tookMs: 500 });
    expect(story?.claims).toMatchObject([{ agent: "kronos", state: "sent" }]);
    expect(story?.sent).toMatchObject([{ by: "scripted", parts: [{ text: "Onboarding." }], message: { hops: 1 } }]);
    expect(story?.expenses.map(({ purpose }) => purpose)).toEqual(["judge", "answer"]);
    expect(story?.costUsd).toBeCloseTo(0.003);
  });

  test("names those who still decide, and those who are down until they can", async () => {
    await ledger.agents.leave("lacuna", epochs.get("lacuna") ?? 0);
    expect(await verdicts()).toEqual([
      { agent: "kronos", outcome: undefined, because: "has not decided yet" },
      { agent: "lacuna", outcome: undefined, because: "is down; it decides when it is up again" },
      { agent: "nexus", outcome: undefined, because: "has not decided yet" },
    ]);
  });

  test("of an answer leaves out who said it, and points to the person's message", async () => {
    await answer("kronos", "Onboarding.", { tier: 1, delayMs: 500, because: "you addressed kronos" });
    const reply = (await ledger.messages.thread(root)).at(-1)?.seq ?? 0;
    const story = await storyOf(ledger, reply);
    expect(story?.root.seq).toBe(root);
    expect(story?.verdicts.map(({ agent }) => agent)).toEqual(["lacuna", "nexus"]);
  });

  test("has no part for an agent that joined later, and there is none of a message that is not there", async () => {
    clock.tick(1_000);
    await ledger.agents.arrive(card("newcomer"), 1);
    expect((await verdicts()).map(({ agent }) => agent)).not.toContain("newcomer");
    expect(await storyOf(ledger, 99)).toBeUndefined();
  });
});
