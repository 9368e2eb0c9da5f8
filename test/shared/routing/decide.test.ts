import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DELAYS_MS,
  type Decision,
  decide,
  HOPS_MAX,
  REACTION_COOLDOWN_MS,
  RELEVANCE_MIN,
  type Standing,
} from "../../../shared/routing/index.ts";

/** A person said something to the room, nobody is addressed, nothing stands in the way, nobody has judged yet. */
const ordinary: Standing = {
  me: "kronos",
  sender: { kind: "owner", name: "you" },
  addressed: [],
  rootAddressed: [],
  hops: 0,
  ageMs: 500,
  catchUpMaxAgeMs: 600_000,
  strangers: "ignore",
  paused: undefined,
  quiet: undefined,
  alone: false,
  hasWords: true,
  owned: undefined,
  judgement: undefined,
  reaction: { slotFree: false, lookedAlready: false, lastReactionAgoMs: undefined },
  dice: 0.5,
  pace: 1,
};
/** A colleague answered the person, and a slot is free. */
const peer: Standing = {
  ...ordinary,
  sender: { kind: "agent", name: "nexus" },
  hops: 1,
  reaction: { ...ordinary.reaction, slotFree: true },
};

const scored = (score: number): Standing["judgement"] => ({ scores: { kronos: score, nexus: 1 } });

describe("examples", () => {
  test.each<[string, Standing, Partial<Decision>]>([
    [
      "a person addresses me",
      { ...ordinary, addressed: ["kronos"] },
      { kind: "reply", tier: 1, because: "you addressed kronos" },
    ],
    ["a person addresses two of us", { ...ordinary, addressed: ["kronos", "nexus"] }, { kind: "reply", tier: 1 }],
    [
      "a person addresses others",
      { ...ordinary, addressed: ["lacuna", "nexus"] },
      { kind: "decline", outcome: "declined", because: "you addressed lacuna and nexus" },
    ],
    ["nobody is addressed", ordinary, { kind: "judge", question: "relevance" }],
    ["relevance 9", { ...ordinary, judgement: scored(9) }, { kind: "reply", tier: 2, because: "fit 9 of 10" }],
    ["relevance exactly 7", { ...ordinary, judgement: scored(7) }, { kind: "reply", tier: 2 }],
    ["relevance 3", { ...ordinary, judgement: scored(3) }, { kind: "decline", because: "fit 3 of 10, needs 7" }],
    [
      "a judgement that forgot me",
      { ...ordinary, judgement: { scores: { nexus: 9 } } },
      { kind: "decline", because: "fit 1 of 10, needs 7" },
    ],
    [
      "nobody could judge",
      { ...ordinary, judgement: { failed: "the model is down" } },
      { kind: "decline", because: "nobody could judge whose message it is: the model is down" },
    ],
    [
      "my subject needs no judgement",
      { ...ordinary, owned: "planning" },
      { kind: "reply", tier: 2, because: "kronos owns “planning”" },
    ],
    ["addressed on my subject", { ...ordinary, owned: "planning", addressed: ["kronos"] }, { kind: "reply", tier: 1 }],
    [
      "only an emoji",
      { ...ordinary, hasWords: false },
      { kind: "decline", because: "there is nothing in it to answer" },
    ],
    ["I am the only agent", { ...ordinary, alone: true, hasWords: false }, { kind: "reply", tier: 1 }],
    ["quiet and addressed", { ...ordinary, quiet: "over budget", addressed: ["kronos"] }, { kind: "reply", tier: 1 }],
    [
      "quiet and not addressed: no model is asked",
      { ...ordinary, quiet: "over budget" },
      { kind: "decline", because: "over budget" },
    ],
    [
      "quiet and a colleague spoke: no model is asked",
      { ...peer, quiet: "over budget" },
      { kind: "decline", because: "over budget" },
    ],
    [
      "a stranger, ignored",
      { ...ordinary, sender: { kind: "stranger", name: "Zed" }, addressed: ["kronos"] },
      { kind: "decline", outcome: "blocked", because: "Zed is not on the allowlist (STRANGERS=ignore)" },
    ],
    [
      "a stranger, allowed to chat",
      { ...ordinary, sender: { kind: "stranger", name: "Zed" }, strangers: "chat", addressed: ["kronos"] },
      { kind: "reply", tier: 1 },
    ],
    [
      "said two hours ago",
      { ...ordinary, ageMs: 7_200_000 },
      { kind: "decline", outcome: "missed", because: "kronos was away when it was said, 2 h ago" },
    ],
    [
      "paused and addressed",
      { ...ordinary, paused: "the swarm is paused by you", addressed: ["kronos"] },
      { kind: "decline", outcome: "blocked", because: "the swarm is paused by you" },
    ],
    [
      "a colleague addresses me",
      { ...peer, addressed: ["kronos"] },
      { kind: "reply", tier: 1, because: "nexus addressed kronos" },
    ],
    ["a colleague answered a person", peer, { kind: "judge", question: "reaction" }],
    [
      "… and I know better",
      { ...peer, judgement: scored(8) },
      { kind: "reply", tier: 3, because: "would change what nexus said (8 of 10)" },
    ],
    [
      "… and I do not",
      { ...peer, judgement: scored(6) },
      { kind: "decline", because: "nothing to change in what nexus said (6 of 10)" },
    ],
    [
      "… whom the person had asked",
      { ...peer, rootAddressed: ["nexus"] },
      { kind: "decline", because: "the person asked nexus" },
    ],
    [
      "… and no slot is free",
      { ...peer, reaction: { ...peer.reaction, slotFree: false } },
      { kind: "decline", because: "both slots are taken or waited for" },
    ],
    ["… and I have had my say", { ...peer, reaction: { ...peer.reaction, lookedAlready: true } }, { kind: "decline" }],
    [
      "a colleague answered a colleague",
      { ...peer, hops: 2 },
      { kind: "decline", because: "nexus answered a colleague, not a person" },
    ],
    [
      "a colleague speaks out of nothing",
      { ...peer, hops: 0, addressed: ["kronos"] },
      { kind: "decline", because: "nexus spoke without a person's message before it" },
    ],
    [
      "a second reaction within five minutes",
      { ...peer, reaction: { ...peer.reaction, lastReactionAgoMs: REACTION_COOLDOWN_MS - 1 } },
      { kind: "decline", because: "kronos reacted to a colleague 5 min ago" },
    ],
    [
      "a second reaction after five minutes",
      { ...peer, reaction: { ...peer.reaction, lastReactionAgoMs: REACTION_COOLDOWN_MS } },
      { kind: "judge" },
    ],
    [
      "the chain is too long",
      { ...peer, hops: HOPS_MAX, addressed: ["kronos"] },
      { kind: "decline", because: `the chain of replies has reached ${HOPS_MAX}` },
    ],
  ])("%s", (_name, standing, decision) => {
    expect(decide(standing)).toMatchObject(decision);
  });

  test("whoever owns the subject speaks before anybody who only finds it fitting", () => {
    const [owner, volunteer] = [
      { ...ordinary, owned: "planning", dice: 0.999 },
      { ...ordinary, judgement: scored(10), dice: 0 },
    ].map(decide);
    if (owner?.kind !== "reply" || volunteer?.kind !== "reply") throw new Error("both reply");
    expect(owner.delayMs).toBeLessThan(volunteer.delayMs);
  });
});

const names = fc.uniqueArray(fc.constantFrom("kronos", "nexus", "lacuna", "impulse"), { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const standings: fc.Arbitrary<Standing> = fc.record({
  me: fc.constant("kronos"),
  sender: fc.record({ kind: fc.constantFrom("owner", "allowed", "stranger", "agent"), name: fc.constant("nexus") }),
  addressed: names,
  rootAddressed: names,
  hops: fc.integer({ min: 0, max: HOPS_MAX + 2 }),
  ageMs: fc.integer({ min: -1_000, max: 20_000 }),
  catchUpMaxAgeMs: fc.constant(10_000),
  strangers: fc.constantFrom("ignore", "chat"),
  paused: maybe(fc.constant("the swarm is paused by you")),
  quiet: maybe(fc.constant("over budget")),
  alone: fc.boolean(),
  hasWords: fc.boolean(),
  owned: maybe(fc.constant("planning")),
  judgement: maybe(
    fc.oneof(
      fc.record({ scores: fc.record({ kronos: fc.integer({ min: 1, max: 10 }) }) }),
      fc.constant({ failed: "the model is down" }),
    ),
  ),
  reaction: fc.record({
    slotFree: fc.boolean(),
    lookedAlready: fc.boolean(),
    lastReactionAgoMs: maybe(fc.integer({ min: 0, max: 2 * REACTION_COOLDOWN_MS })),
  }),
  dice: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  pace: fc.double({ min: 0.01, max: 10, noNaN: true }),
});

describe("for every standing", () => {
  const always = (promise: (standing: Standing, decision: Decision) => void) =>
    fc.assert(
      fc.property(standings, (standing) => promise(standing, decide(standing))),
      { numRuns: 1_000 },
    );
  const missed = ({ ageMs, catchUpMaxAgeMs }: Standing) => ageMs > catchUpMaxAgeMs;
  const unheard = ({ sender, strangers }: Standing) => sender.kind === "stranger" && strangers === "ignore";
  const byPerson = ({ sender }: Standing) => sender.kind !== "agent";

  test("there is one decision, with a reason, and the same one again", () => {
    always((standing, decision) => {
      if (decision.kind !== "judge") expect(decision.because).not.toBe("");
      expect(decide(structuredClone(standing))).toEqual(decision);
    });
  });

  test("whom a person addresses replies in tier 1, unless it was away, is paused, or may not hear", () => {
    always((standing, decision) => {
      if (!byPerson(standing) || !standing.addressed.includes("kronos")) return;
      if (missed(standing) || standing.paused !== undefined || unheard(standing)) expect(decision.kind).toBe("decline");
      else expect(decision).toMatchObject({ kind: "reply", tier: 1 });
    });
  });

  test("who is addressed with others in mind stays out of it", () => {
    always(({ addressed, ...standing }, decision) => {
      if (addressed.length > 0 && !addressed.includes("kronos"))
        expect({ ...standing, decision }).toMatchObject({ decision: { kind: "decline" } });
    });
  });

  test("who is paused never replies and asks no model", () => {
    always((standing, decision) => {
      if (standing.paused !== undefined) expect(decision.kind).toBe("decline");
    });
  });

  test("a stranger never gets a reply with STRANGERS=ignore", () => {
    always((standing, decision) => {
      if (unheard(standing)) expect(decision.kind).toBe("decline");
    });
  });

  test("I5: a chain that is too long, or has no person at its root, ends", () => {
    always((standing, decision) => {
      if (!byPerson(standing) && (standing.hops >= HOPS_MAX || standing.hops === 0))
        expect(decision.kind).toBe("decline");
    });
  });

  test("once it is judged, nobody asks again, and nobody volunteers below the threshold", () => {
    always((standing, decision) => {
      if (standing.judgement === undefined) return;
      expect(decision.kind).not.toBe("judge");
      if (decision.kind !== "reply" || decision.tier === 1 || (decision.tier === 2 && standing.owned !== undefined))
        return;
      expect("scores" in standing.judgement ? standing.judgement.scores["kronos"] : 0).toBeGreaterThanOrEqual(
        RELEVANCE_MIN,
      );
    });
  });

  test("a reply comes within the bounds of its tier, times the pace", () => {
    always((standing, decision) => {
      if (decision.kind !== "reply") return;
      const [least, most] = DELAYS_MS[boundsOf(standing, decision.tier)];
      expect(decision.delayMs).toBeGreaterThanOrEqual(Math.round(least * standing.pace));
      expect(decision.delayMs).toBeLessThanOrEqual(Math.round(most * standing.pace));
    });
  });
});

function boundsOf({ sender, owned }: Standing, tier: 1 | 2 | 3): keyof typeof DELAYS_MS {
  if (tier === 1) return sender.kind === "agent" ? "addressedByPeer" : "addressed";
  if (tier === 2) return owned === undefined ? "volunteer" : "owner";
  return "reaction";
}
