/** Whole simulated worlds, replayed: under the policy that was in force, what would have happened is what happened. */
import { describe, expect, test } from "vitest";
import { type Compared, type Policy, type Replay, replay } from "../../../shared/explain/index.ts";
import { type Ledger, storyOf } from "../../../shared/ledger/index.ts";
import { simulate } from "../../../shared/simulation/index.ts";
import { card, openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

type Replayed = Extract<Replay, { kind: "replayed" }> & { text: string; bySomebody: boolean };
type World = { seed: number; modelLatencyMs?: readonly [number, number]; agents?: number };

/** Every message of a world without faults that somebody heard, replayed. */
async function replayed(
  world: World,
  policy: Policy,
  ledgerSeenBy: (ledger: Ledger) => Ledger = (ledger) => ledger,
): Promise<Replayed[]> {
  const found: Replayed[] = [];
  await simulate({
    messages: 30,
    ...world,
    faults: "none",
    ledgerSeenBy,
    async whenAtRest(ledger) {
      for (const { seq, text, sender } of await ledger.messages.after(0, 10_000)) {
        const one = await replay(ledger, seq, policy);
        if (one.kind === "replayed") found.push({ ...one, text, bySomebody: sender.kind !== "agent" });
        else expect(one.because).toBe("nobody else heard it");
      }
    },
  });
  return found;
}

const volunteers = (agents: readonly Compared[], of: "happened" | "would", outcomes: readonly string[]) =>
  agents.filter((one) => (one[of].tier ?? 1) > 1 && outcomes.includes(one[of].outcome ?? "")).map(({ agent }) => agent);

describe("a replay under the policy that was in force", () => {
  test.each<World>([
    { seed: 1 },
    { seed: 3, modelLatencyMs: [100, 100] },
    { seed: 4, modelLatencyMs: [30_000, 30_000] },
    { seed: 6, agents: 1 },
  ])("gives what happened, for every message and every agent: %o", async (world) => {
    const all = await replayed(world, {});
    const wrong = all.flatMap(({ message, agents }) =>
      agents.filter(({ same, would }) => !same || !would.certain).map((one) => ({ message, ...one })),
    );
    expect(wrong).toEqual([]);
    expect(all.every(({ faithful }) => faithful)).toBe(true);
    expect(all.length).toBeGreaterThanOrEqual(30);
  });
});

describe("a replay under another policy", () => {
  test("with a cap of 3 gives the turns that a swarm with a cap of 3 gives", async () => {
    const roomier = (ledger: Ledger): Ledger => ({
      ...ledger,
      claims: { ...ledger.claims, take: (id, { cap }) => ledger.claims.take(id, { cap: cap + 1 }) },
    });
    const tried = await replayed({ seed: 7 }, { cap: 3 });
    const real = await replayed({ seed: 7 }, {}, roomier);
    let third = 0;
    for (const { agents, text, bySomebody } of tried.filter(({ agents }) => agents.some(({ same }) => !same))) {
      const other = real.find((one) => one.text === text);
      // An answer more shifts the numbers of all that follows, and with them the dice: then it is another message.
      const bids = (one: readonly Compared[]) =>
        one.map(({ agent, happened }) => `${agent} ${happened.etaMs}`).toSorted();
      if (!bySomebody || other === undefined || bids(other.agents).join() !== bids(agents).join()) continue;
      const turns = agents
        .filter(({ would }) => (would.tier ?? 1) > 1 && would.outcome !== "lost")
        .map(({ agent }) => agent);
      expect(volunteers(other.agents, "happened", ["replied", "passed"])).toEqual(expect.arrayContaining(turns));
      third++;
    }
    expect(third).toBeGreaterThan(0);
  });

  test("with a cap of 1 leaves each root one volunteer, and its colleagues lose to it", async () => {
    const tried = await replayed({ seed: 7 }, { cap: 1 });
    const two = tried.filter(({ agents }) => volunteers(agents, "happened", ["replied"]).length === 2);
    expect(two.length).toBeGreaterThan(0);
    for (const { agents } of two) {
      const [first, ...others] = volunteers(agents, "happened", ["replied"]);
      expect(volunteers(agents, "would", ["replied"])).toEqual([first]);
      for (const name of others)
        expect(agents.find(({ agent }) => agent === name)?.would).toMatchObject({
          outcome: "lost",
          because: `${first} had answered already`,
          certain: true,
        });
    }
    const unsaid = tried.filter(({ agents }) =>
      agents.some(({ would }) => would.because.endsWith("would not have said this")),
    );
    expect(unsaid.length).toBeGreaterThan(0);
  });

  test("with a higher relevance has no volunteer below it, and says which score would have been needed", async () => {
    const tried = await replayed({ seed: 7 }, { relevanceMin: 10 });
    const declined = tried
      .flatMap(({ agents }) => agents)
      .filter(({ same, would }) => !same && would.outcome === "declined");
    expect(declined.length).toBeGreaterThan(0);
    expect(declined.some(({ would }) => /^fit [789] of 10, needs 10$/.test(would.because))).toBe(true);
  });

  test("at half the pace bids twice as late", async () => {
    const bids = (await replayed({ seed: 7 }, { pace: 2 }))
      .filter(({ bySomebody }) => bySomebody)
      .flatMap(({ agents }) => agents)
      .filter(({ happened, would }) => happened.etaMs !== undefined && would.etaMs !== undefined);
    expect(bids.length).toBeGreaterThan(0);
    for (const { happened, would } of bids)
      expect(Math.abs((would.etaMs ?? 0) - 2 * (happened.etaMs ?? 0))).toBeLessThanOrEqual(1);
  });
});

describe("what cannot be replayed is told", () => {
  test("a message that is not there, one that is not over, and one of a ledger that kept no standings", async () => {
    const clock = standingClock();
    const { ledger, close } = await openTestLedger(clock);
    await ledger.agents.arrive(card("kronos"), 1);
    const { seq } = await ledger.messages.record(said("What first?", { saidAt: clock.now() }));
    expect(await replay(ledger, 9, {})).toEqual({ kind: "unknown", because: "there is no message #9" });
    expect(await replay(ledger, seq, {})).toMatchObject({ because: "it is not over: kronos has not finished with it" });
    await ledger.outcomes.put({ message: seq, agent: "kronos", outcome: "declined", because: "not its own" });
    expect(await replay(ledger, seq, {})).toMatchObject({
      because: "it was decided before the ledger kept what decisions depend on",
    });
    expect((await storyOf(ledger, seq))?.verdicts).toHaveLength(1);
    close();
  });
});
