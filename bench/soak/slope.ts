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
  /** MiB per 10,000 messages, and the standard error of that: a short run knows little. */
  slopeMiBPer10k: number;
  slopeErrorMiB: number;
  handlesFirst: number;
  handlesLast: number;
  /** Of the event loop, ms: the median of the 99th percentiles, and the longest. */
  delayP99Ms: number;
  delayMaxMs: number;
};

/** Share of a life that is warm-up: caches fill, code is compiled. */
const WARM_UP = 0.5;
const MIB = 1_024 * 1_024;

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
  if (first === undefined || last === undefined || life.length < 4) return undefined;
  const points = life.map(({ at, liveBytes }) => ({ x: messagesAt(sizes, at), y: liveBytes / MIB }));
  const { slope, error } = lineThrough(points);
  const round = (value: number, digits = 2) => Number(value.toFixed(digits));
  return {
    name,
    messages: (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0),
    liveMiB: round(last.liveBytes / MIB, 1),
    rssMiB: round(last.rssBytes / MIB, 1),
    slopeMiBPer10k: round(slope * 10_000),
    slopeErrorMiB: round(error * 10_000),
    handlesFirst: first.handles,
    handlesLast: last.handles,
    delayP99Ms: round(median(life.map(({ delayP99Ms }) => delayP99Ms)), 1),
    delayMaxMs: round(Math.max(...life.map(({ delayMaxMs }) => delayMaxMs)), 1),
  };
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

/** Least squares, with the standard error of the slope. */
export function lineThrough(points: readonly { x: number; y: number }[]): { slope: number; error: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return { slope: 0, error: Number.POSITIVE_INFINITY };
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const left = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(left / Math.max(1, points.length - 2) / spread) };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
