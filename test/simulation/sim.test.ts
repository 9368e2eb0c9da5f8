import { describe, expect, test } from "vitest";
import type { Ledger } from "../../shared/ledger/index.ts";
import { simulate } from "../../shared/simulation/index.ts";

describe("a simulated swarm", () => {
  test.each([1, 2, 3])("keeps its promises through every fault, seed %i", { timeout: 120_000 }, async (seed) => {
    const report = await simulate({ seed, messages: 100, faults: "all" });
    expect(report.violations).toEqual([]);
    expect(report.kills).toBeGreaterThan(0);
    expect(report.freezes).toBeGreaterThan(0);
    expect(report.replies).toBeGreaterThan(50);
  });

  test("is the same world for the same seed, and another for another", { timeout: 120_000 }, async () => {
    const world = { messages: 60, faults: "all" } as const;
    const report = await simulate({ seed: 11, ...world });
    expect(await simulate({ seed: 11, ...world })).toEqual(report);
    expect(await simulate({ seed: 12, ...world })).not.toMatchObject({
      replies: report.replies,
      virtualSeconds: report.virtualSeconds,
    });
  });

  test("volunteers as often with models of 0.1 s as with models of 30 s", { timeout: 120_000 }, async () => {
    const world = { seed: 5, messages: 100, faults: "none" } as const;
    const fast = await simulate({ ...world, modelLatencyMs: [100, 100] });
    const slow = await simulate({ ...world, modelLatencyMs: [30_000, 30_000] });
    expect(slow.violations).toEqual([]);
    expect(fast.implicitReplies).toBeGreaterThan(50);
    expect(slow.implicitReplies).toBe(fast.implicitReplies);
  });

  test("finds a slot too many within a few seeds", { timeout: 120_000 }, async () => {
    const careless = (ledger: Ledger): Ledger => ({
      ...ledger,
      claims: { ...ledger.claims, take: (id, { cap }) => ledger.claims.take(id, { cap: cap + 1 }) },
    });
    const broken = new Set<string>();
    for (let seed = 1; seed <= 3 && !broken.has("I3"); seed++) {
      const { violations } = await simulate({ seed, messages: 40, faults: "none", ledgerSeenBy: careless });
      for (const { invariant } of violations) broken.add(invariant);
    }
    expect(broken).toContain("I3");
  });
});
