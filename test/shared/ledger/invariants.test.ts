/** The promises of the swarm, kept by the ledger alone: six agents act in any order, die at any moment, under any clock. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ALIVE_MS,
  CLAIM_ATTEMPTS_MAX,
  type ClaimState,
  type Ledger,
  type Message,
  type Outcome,
  type Tier,
} from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"] as const;
const CAP = 2;
const OPEN: ReadonlySet<ClaimState> = new Set(["placed", "holding", "delivering", "expired"]);

type Act =
  | { act: "bid"; agent: string; tier: Tier; etaMs: number }
  | { act: "decline" | "take" | "renew" | "commit" | "send" | "pass" | "fail" | "kill" | "restart"; agent: string }
  | { act: "tick" | "jump"; ms: number }
  | { act: "sweep" };

const agent = fc.constantFrom(...SIX);
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant("bid" as const),
      agent,
      tier: fc.constantFrom<Tier>(1, 2, 2, 2, 3),
      etaMs: fc.integer({ min: 0, max: 20_000 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ act: fc.constant("take" as const), agent }) },
  { weight: 8, arbitrary: fc.record({ act: fc.constantFrom("commit", "send"), agent }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constantFrom("decline", "renew", "pass", "fail", "kill", "restart"), agent }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant("tick" as const), ms: fc.constantFrom(1, 1_000, 5_000, 12_000, 31_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("jump" as const),
      ms: fc.constantFrom(-86_400_000, -40_000, 40_000, 86_400_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ act: "sweep" as const }) },
);
const histories = fc.array(acts, { minLength: 10, maxLength: 60 });

describe("for any interleaving, any kill and any clock", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;

  /** Once broke I4: the clock was set back between an answer and its sending, which then waited for two days. */
  const setBack: Act[] = [
    { act: "bid", agent: "kronos", tier: 1, etaMs: 0 },
    { act: "take", agent: "kronos" },
    { act: "commit", agent: "kronos" },
    { act: "jump", ms: -2 * 86_400_000 },
  ];

  beforeAll(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
  });
  afterAll(() => close());

  const always = (promise: (history: readonly Act[]) => Promise<void>) =>
    fc.assert(fc.asyncProperty(histories, promise), { numRuns: 30, examples: [[setBack]] });

  test("I1: every message has exactly one outcome per agent in the end, and an outcome never changes", async () => {
    await always(async (history) => {
      const swarm = await awake();
      const seen = new Map<string, Outcome>();
      for (const act of history) {
        await swarm.play(act);
        for (const outcome of await ledger.outcomes.ofMessage(swarm.root)) {
          expect(outcome).toEqual(seen.get(outcome.agent) ?? outcome);
          seen.set(outcome.agent, outcome);
        }
      }
      await swarm.settle();
      const outcomes = await ledger.outcomes.ofMessage(swarm.root);
      expect(outcomes.map(({ agent: name }) => name)).toEqual([...SIX]);
      for (const before of seen.values()) expect(outcomes).toContainEqual(before);
      for (const claim of await ledger.claims.ofRoot(swarm.root)) expect(OPEN).not.toContain(claim.state);
    });
  });

  test("I2: a part of a reply is seen at most once, and only where its claim says that it was sent", async () => {
    await always(async (history) => {
      const swarm = await awake();
      for (const act of history) await swarm.play(act);
      await swarm.settle();
      const speakers = (await swarm.replies()).map(({ sender }) => sender.name);
      expect(speakers).toEqual([...new Set(speakers)]);
      const sent = (await ledger.claims.ofRoot(swarm.root)).filter(({ state }) => state === "sent");
      expect(speakers.toSorted()).toEqual(sent.map(({ agent: name }) => name).toSorted());
    });
  });

  test("I3: implicit replies never exceed the cap, at no moment", async () => {
    await always(async (history) => {
      const swarm = await awake();
      for (const act of history) {
        await swarm.play(act);
        expect((await swarm.implicitReplies()).length).toBeLessThanOrEqual(CAP);
      }
      await swarm.settle();
      expect((await swarm.implicitReplies()).length).toBeLessThanOrEqual(CAP);
    });
  });

  test("I4: when a volunteer wants to answer and nobody passes or fails, somebody answers", async () => {
    await always(async (history) => {
      const swarm = await awake();
      const willing = history.filter(({ act }) => act !== "pass" && act !== "fail");
      for (const act of willing) await swarm.play(act);
      await swarm.settle();
      const claims = await ledger.claims.ofRoot(swarm.root);
      const worn = claims.some(({ attempts }) => attempts >= CLAIM_ATTEMPTS_MAX);
      if (claims.length > 0 && !worn) expect((await swarm.replies()).length).toBeGreaterThan(0);
    });
  });

  /** Six agents that are up, and a new message. */
  async function awake() {
    const epochs = new Map<string, number>();
    const claims = new Map<string, number>();
    const fences = new Map<string, number>();
    for (const name of SIX) epochs.set(name, await ledger.agents.arrive(card(name), 1));
    const root = (await ledger.messages.record(said("ship or fix?", { saidAt: clock.now() }))).seq;

    async function beat(): Promise<void> {
      for (const [name, epoch] of epochs) await ledger.agents.beat(name, epoch);
    }

    async function bid(name: string, tier: Tier, etaMs: number): Promise<void> {
      const decided = (await ledger.outcomes.ofMessage(root)).some((outcome) => outcome.agent === name);
      if (decided && !claims.has(name)) return;
      claims.set(
        name,
        (
          await ledger.claims.place({
            message: root,
            root,
            agent: name,
            tier,
            eta: clock.now() + etaMs,
            because: "test",
          })
        ).id,
      );
    }

    async function restart(name: string): Promise<void> {
      epochs.set(name, await ledger.agents.arrive(card(name), 1));
      await ledger.claims.recover(name);
      if (claims.has(name)) await bid(name, 2, 0);
    }

    async function play(act: Act): Promise<void> {
      if (act.act === "sweep") return void (await ledger.claims.sweep());
      if ("ms" in act) {
        clock.tick(act.ms);
        return beat();
      }
      const name = act.agent;
      if (act.act === "restart") return restart(name);
      if (act.act === "kill") return void epochs.delete(name);
      // What is dead acts no more, but a holder that was only frozen writes under the fence it knows.
      if (act.act === "commit") return commit(name);
      if (!epochs.has(name)) return;
      const [claim, fence] = [claims.get(name) ?? 0, fences.get(name) ?? 0];
      switch (act.act) {
        case "bid":
          return bid(name, act.tier, act.etaMs);
        case "decline":
          if (!claims.has(name))
            await ledger.outcomes.put({ message: root, agent: name, outcome: "declined", because: "fit 2" });
          return;
        case "take": {
          const taking = await ledger.claims.take(claim, { cap: CAP });
          if (taking.kind === "held") fences.set(name, taking.fence);
          return;
        }
        case "renew":
          return void (await ledger.claims.renew(claim, fence));
        case "send":
          return send(name);
        case "pass":
          return void (await ledger.claims.pass(claim, fence, "nothing to add"));
        case "fail":
          return void (await ledger.claims.fail(claim, fence, "the model is down"));
      }
    }

    async function commit(name: string): Promise<void> {
      await ledger.claims.commitReply(claims.get(name) ?? 0, fences.get(name) ?? 0, {
        parts: [`${name} answers`],
        by: "test",
      });
    }

    async function send(name: string): Promise<void> {
      const parcel = await ledger.outbox.take(name);
      if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: name, name });
    }

    /** Everybody comes back and does what is left to do, until nothing is. */
    async function settle(): Promise<void> {
      for (const name of SIX) await restart(name);
      for (const name of SIX) await play({ act: "decline", agent: name });
      for (let round = 0; round < 60; round++) {
        const left = (await ledger.claims.ofRoot(root)).filter(({ state }) => OPEN.has(state));
        if (left.length === 0) return;
        for (const { agent: name, state, tier } of left) {
          if (state === "expired") await bid(name, tier, 0);
          for (const act of ["take", "commit", "send"] as const) await play({ act, agent: name });
        }
        clock.tick(ALIVE_MS - 1);
        await beat();
      }
    }

    const replies = async (): Promise<Message[]> =>
      (await ledger.messages.thread(root)).filter(({ sender }) => sender.kind === "agent");
    return {
      root,
      play,
      settle,
      replies,
      async implicitReplies() {
        const implicit = (await ledger.claims.ofRoot(root))
          .filter(({ tier }) => tier > 1)
          .map(({ agent: name }) => name);
        return (await replies()).filter(({ sender }) => implicit.includes(sender.name));
      },
    };
  }
});
