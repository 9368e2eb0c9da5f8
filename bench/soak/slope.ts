/** From what processes said of themselves to what grows: memory per message, handles, delays of the event loop. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sizes } from "./sizes.ts";
import type { Sample } from "./witness.ts";

/** One process over its longest life. Memory is what a collection left, in MiB. */
export type ProcessFigures = {
  name: string;
  /** Messages of the swarm while it was watched, after warm-up. */
  messages: number;
  liveMiB: number;
  rssMiB: number;
  /** MiB per 10,000 messages of all that is not code, and half of the interval in which that lies with 95 %. */
  slopeMiBPer10k: number;
  slopeErrorMiB: number;
  /** How much of that is what it remembers, which it keeps at hand to recall it. */
  rememberedMiBPer10k: number;
  /** What V8 has compiled, when the warm-up was over and at the end: as much as the program is large, sooner or later. */
  codeFirstMiB: number;
  codeLastMiB: number;
  handlesFirst: number;
  handlesLast: number;
  /** Of the event loop, ms: the median of the 99th percentiles, and the longest. */
  delayP99Ms: number;
  delayMaxMs: number;
};

/** Share of a life that is warm-up: caches fill. */
const WARM_UP = 0.4;
/** Samples of half a minute. Their least is what is left when the fewest turns are under way, which is what may not grow. */
const WINDOW = 8;
const WINDOWS_MIN = 4;
/** Two-sided, 95 %. */
const Z = 1.96;
const MIB = 1_024 * 1_024;
/** Of one fact at hand: 220 bytes for its words (shared/memory/recall/shelf.ts, vocabulary.ts), 60 for the signs of its vector (layers/sign-index.ts). */
const FACT_BYTES = 280;

/** What each process wrote, by its name. */
export function readSamples(folder: string): Map<string, Sample[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return new Map(
    files.toSorted().map((file) => {
      const lines = readFileSync(join(folder, file), "utf8")
        .split("\n")
        .filter((line) => line !== "");
      return [file.replace(/\.jsonl$/, ""), lines.map((line) => JSON.parse(line) as Sample)];
    }),
  );
}

/** Undefined for a process that never lived long enough to say anything. */
export function figuresOf(
  name: string,
  samples: readonly Sample[],
  sizes: readonly Sizes[],
): ProcessFigures | undefined {
  const lives = Map.groupBy(samples, ({ pid }) => pid);
  const longest = [...lives.values()].toSorted((one, other) => other.length - one.length)[0] ?? [];
  const life = longest.slice(Math.floor(longest.length * WARM_UP));
  const [first, last] = [life[0], life.at(-1)];
  if (first === undefined || last === undefined || life.length < WINDOW * WINDOWS_MIN) return undefined;
  const points = life.map(({ at, liveBytes, codeBytes }) => ({
    x: messagesAt(sizes, at),
    y: (liveBytes - codeBytes) / MIB,
  }));
  const { slope, error } = robustSlope(leastOf(points));
  const messages = (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0);
  const facts = factsAt(name, sizes, last.at) - factsAt(name, sizes, first.at);
  const round = (value: number, digits = 2) => Number(value.toFixed(digits));
  return {
    name,
    messages: Math.round(messages),
    liveMiB: round(last.liveBytes / MIB, 1),
    rssMiB: round(last.rssBytes / MIB, 1),
    slopeMiBPer10k: round(slope * 10_000),
    slopeErrorMiB: round(error * 10_000),
    rememberedMiBPer10k: round(((facts * FACT_BYTES) / MIB / Math.max(1, messages)) * 10_000),
    codeFirstMiB: round(first.codeBytes / MIB),
    codeLastMiB: round(last.codeBytes / MIB),
    handlesFirst: first.handles,
    handlesLast: last.handles,
    delayP99Ms: round(median(life.map(({ delayP99Ms }) => delayP99Ms)), 1),
    delayMaxMs: round(Math.max(...life.map(({ delayMaxMs }) => delayMaxMs)), 1),
  };
}

type Point = { x: number; y: number };

/** The lowest point of each whole window. */
function leastOf(points: readonly Point[]): Point[] {
  return Array.from({ length: Math.floor(points.length / WINDOW) }, (_, window) => {
    const own = points.slice(window * WINDOW, (window + 1) * WINDOW);
    return own.reduce((least, point) => (point.y < least.y ? point : least));
  });
}

function factsAt(name: string, sizes: readonly Sizes[], at: number): number {
  return (sizes.find((one) => one.at >= at) ?? sizes.at(-1))?.facts[name] ?? 0;
}

/** Messages of the ledger at that moment, between two looks. */
export function messagesAt(sizes: readonly Sizes[], at: number): number {
  const after = sizes.findIndex((one) => one.at >= at);
  const [from, to] = [
    sizes[after === -1 ? sizes.length - 1 : Math.max(0, after - 1)],
    sizes.at(after === -1 ? -1 : after),
  ];
  if (from === undefined || to === undefined || to.at === from.at) return from?.messages ?? 0;
  return from.messages + ((at - from.at) / (to.at - from.at)) * (to.messages - from.messages);
}

/**
 * The median of the slopes between any two points (Theil 1950, Sen 1968): a few points that lie far off do not move it. The
 * error is half the width of Sen's interval, which leaves out as many of the largest and smallest slopes as chance would
 * (normal approximation of Kendall's S).
 */
export function robustSlope(points: readonly Point[]): { slope: number; error: number } {
  const slopes = points
    .flatMap((one, index) =>
      points.slice(index + 1).flatMap((other) => (other.x === one.x ? [] : [(other.y - one.y) / (other.x - one.x)])),
    )
    .toSorted((one, other) => one - other);
  const { length: count } = points;
  if (slopes.length === 0) return { slope: 0, error: Number.POSITIVE_INFINITY };
  const spread = Z * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const left = Math.max(0, Math.floor((slopes.length - spread) / 2));
  const right = Math.min(slopes.length - 1, Math.ceil((slopes.length + spread) / 2));
  return { slope: median(slopes), error: ((slopes[right] ?? 0) - (slopes[left] ?? 0)) / 2 };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
