import { describe, expect, test } from "vitest";
import { REACTION_COOLDOWN_MS } from "../../../shared/ledger/index.ts";
import { type Decision, decide, HOPS_MAX, RELEVANCE_MIN, type Standing } from "../../../shared/routing/index.ts";

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
  ownedBy: undefined,
  handedOver: false,
  judgement: undefined,
  reaction: { slotsWantedBy: ["lacuna", "nexus"], lookedAlready: false, nearestMs: undefined },
  cap: 2,
  relevanceMin: RELEVANCE_MIN,
  dice: 0.5,
  pace: 1,
};
/** A colleague answered the person, and a slot is free. */
const peer: Standing = {
  ...ordinary,
  sender: { kind: "agent", name: "nexus" },
  hops: 1,
  reaction: { ...ordinary.reaction, slotsWantedBy: ["nexus"] },
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
      { ...peer, reaction: { ...peer.reaction, slotsWantedBy: ["lacuna", "nexus"] } },
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
      { ...peer, reaction: { ...peer.reaction, nearestMs: REACTION_COOLDOWN_MS - 1 } },
      { kind: "decline", because: "kronos reacts to a colleague on a message 5 min from this one" },
    ],
    [
      "a second reaction after five minutes",
      { ...peer, reaction: { ...peer.reaction, nearestMs: REACTION_COOLDOWN_MS } },
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
