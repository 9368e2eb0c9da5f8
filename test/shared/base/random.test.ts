import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dice, secret, seeded, stableId } from "../../../shared/base/index.ts";

const words = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 });

describe("chance that depends on words alone", () => {
  test("dice are the same everywhere, and in [0, 1)", () => {
    // The figure is pinned: another one would give every running swarm another order of speakers.
    expect(dice(7, "kronos")).toBeCloseTo(0.9808536670170724, 9);
    fc.assert(
      fc.property(words, (some) => {
        expect(dice(...some)).toBe(dice(...some));
        expect(dice(...some)).toBeGreaterThanOrEqual(0);
        expect(dice(...some)).toBeLessThan(1);
      }),
    );
  });

  test("where one word ends and the next begins makes a difference", () => {
    expect(dice("ab", "c")).not.toBe(dice("a", "bc"));
    expect(stableId("ab", "c")).not.toBe(stableId("a", "bc"));
  });

  test("dice are spread evenly", () => {
    const thrown = Array.from({ length: 10_000 }, (_, n) => dice("root", n));
    for (const tenth of Array.from({ length: 10 }, (_, n) => n / 10)) {
      const share = thrown.filter((value) => value >= tenth && value < tenth + 0.1).length / thrown.length;
      expect(share).toBeGreaterThan(0.08);
      expect(share).toBeLessThan(0.12);
    }
  });

  test("a stable id is the same everywhere, and fits a signed 64-bit number", () => {
    // Pinned: a reply that was sent under the old id would be sent twice.
    expect(stableId("parcel", "room:main", "m1", "kronos", 1)).toBe("1757264707617458227");
    fc.assert(
      fc.property(words, (some) => {
        expect(BigInt(stableId(...some))).toBeLessThan(2n ** 63n);
        expect(stableId(...some)).toMatch(/^\d+$/);
      }),
    );
  });
});

test("a seed gives the same numbers again, another seed others", () => {
  const numbers = (seed: number) => Array.from({ length: 5 }, seeded(seed));
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});

test("a secret is as long as asked for and never the same", () => {
  expect(Buffer.from(secret(16), "base64url")).toHaveLength(16);
  expect(secret()).not.toBe(secret());
});
