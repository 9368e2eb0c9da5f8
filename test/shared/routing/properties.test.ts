/** What holds of a decision whatever stands behind it, and how it changes when one thing changes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DELAYS_MS, type Decision, decide, HOPS_MAX, type Standing } from "../../../shared/routing/index.ts";
import { isOpen, ME, standings } from "./standings.ts";

const always = (promise: (standing: Standing, decision: Decision) => void) =>
  fc.assert(
    fc.property(standings, (standing) => promise(standing, decide(standing))),
    { numRuns: 1_000 },
  );
/** Standings in which this agent replies; `also` narrows them, `given` is so in all of them. */
const whereReplying = (
  also: (standing: Standing) => boolean,
  promise: (standing: Standing, reply: Extract<Decision, { kind: "reply" }>) => void,
  given: Partial<Standing> = {},
) => {
  let met = 0;
  always((any) => {
    const standing = { ...any, ...given };
    const decision = decide(standing);
    if (decision.kind !== "reply" || !also(standing)) return;
    met++;
    promise(standing, decision);
  });
  expect(met).toBeGreaterThan(10);
};
const byPerson = ({ sender }: Standing) => sender.kind !== "agent";
const toMe = ({ addressed }: Standing) => addressed.includes(ME);

describe("a decision", () => {
  test("is one of three, depends on nothing but the standing, and changes nothing in it", () => {
    always((standing, decision) => {
      expect(["reply", "decline", "judge"]).toContain(decision.kind);
      const copy = structuredClone(standing);
      expect(decide(Object.freeze(copy))).toEqual(decision);
      expect(copy).toEqual(standing);
      if (decision.kind !== "judge") expect(decision.because.length).toBeGreaterThan(0);
    });
  });

  test("comes after one judgement at the latest", () => {
    always((standing, decision) => {
      if (decision.kind !== "judge") return;
      expect(standing.judgement).toBeUndefined();
      for (const judgement of [{ scores: { [ME]: 10 } }, { scores: {} }, { failed: "the model is down" }])
        expect(decide({ ...standing, judgement }).kind).not.toBe("judge");
    });
  });

  test("is silence while the agent is paused, and for what was said too long ago", () => {
    always((standing, { kind }) => {
      if (!isOpen(standing)) expect(kind).toBe("decline");
    });
  });

  test("asks no model where the answer is known: addressed, paused, away, ignored, quiet", () => {
    always((standing, { kind }) => {
      if (kind !== "judge") return;
      expect(isOpen(standing) && standing.addressed.length === 0 && standing.quiet === undefined).toBe(true);
    });
  });
});

describe("an agent that a person addresses", () => {
  test("I4: replies in tier 1 while it is there, not paused, and may hear the sender, whatever else is so", () => {
    always((standing, decision) => {
      if (!byPerson(standing) || !toMe(standing) || !isOpen(standing)) return;
      expect(decision).toMatchObject({ kind: "reply", tier: 1 });
    });
  });

  test("is not silenced by quiet mode, by a judgement, by a colleague who owns the subject, or by the slots", () => {
    always((standing, decision) => {
      if (!byPerson(standing) || !toMe(standing)) return;
      const otherwise: Standing = {
        ...standing,
        quiet: "over its budget",
        judgement: { failed: "the model is down" },
        ownedBy: { agent: "lacuna", subject: "naming" },
        reaction: { slotsWantedBy: ["lacuna", "impulse"], lookedAlready: true, nearestMs: 0 },
        hasWords: false,
      };
      expect(decide(otherwise)).toEqual(decision);
    });
  });

  test("speaks before anybody who only volunteers", () => {
    expect(DELAYS_MS.addressed[1]).toBeLessThanOrEqual(DELAYS_MS.volunteer[0]);
    expect(DELAYS_MS.owner[1]).toBeLessThanOrEqual(DELAYS_MS.volunteer[0]);
    expect(DELAYS_MS.volunteer[0]).toBeLessThan(DELAYS_MS.reaction[0]);
  });

  test("is the only one who replies: others decline", () => {
    always((standing, decision) => {
      if (standing.addressed.length > 0 && !toMe(standing)) expect(decision.kind).toBe("decline");
    });
  });
});

describe("a stranger", () => {
  test("gets nothing with STRANGERS=ignore: no reply, no model, and the gate is named", () => {
    always((standing) => {
      const decision = decide({ ...standing, sender: { kind: "stranger", name: "Zed" }, strangers: "ignore" });
      expect(decision.kind).toBe("decline");
      if (decision.kind === "decline") expect(["blocked", "missed"]).toContain(decision.outcome);
    });
  });

  test("is answered as the owner would be with STRANGERS=chat, by the same agents at the same time", () => {
    always((standing) => {
      const from = (kind: "stranger" | "owner" | "allowed") =>
        decide({ ...standing, sender: { kind, name: "Zed" }, strangers: "chat" });
      expect(from("stranger")).toEqual(from("owner"));
      expect(from("allowed")).toEqual(from("owner"));
    });
  });
});

describe("a colleague's message", () => {
  test("I5: ends the chain at the hop limit, and without a person at its root, whoever is addressed", () => {
    always((standing) => {
      const sender = { kind: "agent", name: "nexus" } as const;
      for (const hops of [0, HOPS_MAX, HOPS_MAX + 1])
        expect(decide({ ...standing, sender, hops }).kind).toBe("decline");
    });
  });

  test("is reacted to only as the first answer to a person's open question, with a slot left and a judgement for it", () => {
    whereReplying(
      (standing) => !toMe(standing),
      (standing, { tier }) => {
        expect(tier).toBe(3);
        expect(standing).toMatchObject({ hops: 1, addressed: [], rootAddressed: [], quiet: undefined });
        expect(standing.reaction.slotsWantedBy.length).toBeLessThan(standing.cap);
        expect(standing.judgement).toHaveProperty("scores");
      },
      { sender: { kind: "agent", name: "nexus" }, paused: undefined, quiet: undefined },
    );
  });

  test("never makes an agent volunteer in tier 2", () => {
    always((standing, decision) => {
      if (!byPerson(standing) && decision.kind === "reply") expect(decision.tier).not.toBe(2);
    });
  });
});

describe("a judgement", () => {
  test("below the limit brings no volunteer, whatever else is so, but the owner of the subject", () => {
    whereReplying(
      ({ owned }) => owned === undefined,
      (standing, { tier }) => {
        if (tier === 1) return;
        const scores =
          standing.judgement !== undefined && "scores" in standing.judgement ? standing.judgement.scores : {};
        expect(scores[ME] ?? 1).toBeGreaterThanOrEqual(standing.relevanceMin);
      },
    );
  });

  test("that finds the message more an agent's own never turns its reply into silence", () => {
    whereReplying(
      ({ judgement }) => judgement !== undefined && "scores" in judgement,
      (standing, reply) => {
        expect(decide({ ...standing, judgement: { scores: { [ME]: 10 } } })).toMatchObject({
          kind: "reply",
          tier: reply.tier,
          delayMs: reply.delayMs,
        });
      },
    );
  });

  test("counts for the agent itself alone, and a stricter limit brings no reply that a looser one would not", () => {
    always((standing, decision) => {
      if (standing.judgement === undefined || "failed" in standing.judgement) return;
      const scores = { ...standing.judgement.scores, lacuna: 10, impulse: 10, nexus: 10 };
      expect(decide({ ...standing, judgement: { scores } })).toEqual(decision);
      if (decision.kind === "reply") expect(decide({ ...standing, relevanceMin: 1 }).kind).toBe("reply");
    });
  });
});

describe("a delay", () => {
  test("lies within the bounds of why the agent replies, times the pace", () => {
    whereReplying(
      () => true,
      (standing, { tier, delayMs }) => {
        const [least, most] = DELAYS_MS[boundsOf(standing, tier)];
        expect(delayMs).toBeGreaterThanOrEqual(Math.round(least * standing.pace));
        expect(delayMs).toBeLessThanOrEqual(Math.round(most * standing.pace));
      },
    );
  });

  test("grows with the pace and with the dice, and with nothing else", () => {
    whereReplying(
      () => true,
      (standing, { delayMs }) => {
        const at = (change: Partial<Standing>) => {
          const decision = decide({ ...standing, ...change });
          if (decision.kind !== "reply") throw new Error("dice and pace decide when, never whether");
          return decision.delayMs;
        };
        expect(at({ pace: standing.pace * 2 })).toBeGreaterThanOrEqual(delayMs);
        expect(at({ dice: 0 })).toBeLessThanOrEqual(delayMs);
        expect(at({ dice: (1 + standing.dice) / 2 })).toBeGreaterThanOrEqual(delayMs);
        expect(at({ ageMs: standing.ageMs - 1 })).toBe(delayMs);
      },
    );
  });
});

function boundsOf({ sender, owned }: Standing, tier: 1 | 2 | 3): keyof typeof DELAYS_MS {
  if (tier === 1) return sender.kind === "agent" ? "addressedByPeer" : "addressed";
  if (tier === 2) return owned === undefined ? "volunteer" : "owner";
  return "reaction";
}
