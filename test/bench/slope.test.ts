/** What grows in a soak is told from what only goes up and down, and from code that is still being compiled. */
import { expect, test } from "vitest";
import type { Sizes } from "../../bench/soak/sizes.ts";
import { figuresOf, robustSlope } from "../../bench/soak/slope.ts";
import type { Sample } from "../../bench/soak/witness.ts";
import { seeded } from "../../shared/base/index.ts";

const MIB = 1_024 * 1_024;
const SAMPLES = 160;
const PER_SAMPLE = 20;
const EVERY_MS = 4_000;

test("the slope of a line is found through points that lie far off, with how sure it is", () => {
  const random = seeded(3);
  const points = Array.from({ length: 40 }, (_, x) => ({ x, y: 2 * x + random() + (x % 9 === 0 ? 500 : 0) }));
  const { slope, error } = robustSlope(points);
  expect(slope).toBeCloseTo(2, 0);
  expect(error).toBeLessThan(0.5);
  expect(robustSlope([{ x: 1, y: 1 }]).error).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  { what: "turns come and go", leakPerMessage: 0, slope: 0 },
  { what: "600 bytes of each message stay", leakPerMessage: 600, slope: (600 * 10_000) / MIB },
])("where $what, memory grows by that much, whatever V8 compiles", ({ leakPerMessage, slope }) => {
  const random = seeded(11);
  const samples = Array.from({ length: SAMPLES }, (_, index): Sample => {
    const codeBytes = MIB * Math.log(1 + index);
    const turns = random() * 4 * MIB;
    return {
      ...{ at: index * EVERY_MS, name: "kronos", pid: 1, rssBytes: 1, handles: 40, delayP99Ms: 1, delayMaxMs: 2 },
      ...{ codeBytes, liveBytes: 30 * MIB + codeBytes + turns + leakPerMessage * index * PER_SAMPLE },
    };
  });
  const sizes = samples.map(
    ({ at }, index): Sizes => ({
      ...{
        at,
        messages: index * PER_SAMPLE,
        ledgerBytes: 1,
        walBytes: 1,
        agentsBytes: 1,
        agentsWalBytes: 1,
        logBytes: 1,
        facts: { kronos: index * 4 },
      },
    }),
  );
  const figures = figuresOf("kronos", samples, sizes);
  if (figures === undefined) throw new Error("no figures");
  expect(Math.abs(figures.slopeMiBPer10k - slope)).toBeLessThan(figures.slopeErrorMiB);
  expect(figures.slopeErrorMiB).toBeLessThan(4);
  expect(figures.rememberedMiBPer10k).toBeCloseTo((4 * 280 * 10_000) / PER_SAMPLE / MIB, 1);
  expect(figures.codeLastMiB).toBeGreaterThan(figures.codeFirstMiB);
});
