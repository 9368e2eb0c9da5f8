/** From the rounds of a race to the figures that are published: medians over rounds, and ratios of pairs. */
import type { Effort } from "./contender.ts";
import type { Name, Round } from "./race.ts";

export type Figures = {
  /** Claims that came to their verdict (held or lost), per second, of all processes together. */
  decisionsPerSecond: number;
  /** Write transactions that asked for a slot, per second: a claim that must wait asks again. */
  takesPerSecond: number;
  placesPerSecond: number;
  /** How long one asking took, waiting for the lock included, ms. */
  waitMs: { p50: number; p99: number; max: number };
  /** Jain's index over the six processes' own speeds: 1 when all are equally fast, 1/6 when one has it all. */
  fairness: number;
};

/** Medians of each contender, and the median of the ratio in each pair of rounds. */
export function figuresOf(rounds: readonly Round[]): { production: Figures; raw: Figures; ratio: number } {
  const of = (name: Name) => rounds.filter((round) => round.name === name).map(({ efforts }) => efforts);
  const [production, raw] = [of("production"), of("raw")];
  const ratios = production.map((efforts, pair) => decisionsPerSecond(efforts) / decisionsPerSecond(raw[pair] ?? []));
  return { production: summary(production), raw: summary(raw), ratio: round(median(ratios), 3) };
}

function summary(rounds: readonly (readonly Effort[])[]): Figures {
  const waits = rounds
    .flatMap((efforts) => efforts.flatMap(({ takesMs }) => [...takesMs]))
    .toSorted((one, other) => one - other);
  const at = (share: number) => round(waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? 0, 3);
  const typical = (of: (efforts: readonly Effort[]) => number) => median(rounds.map(of));
  return {
    decisionsPerSecond: round(typical(decisionsPerSecond)),
    takesPerSecond: round(
      typical((efforts) => perSecond(sum(efforts.map(({ takesMs }) => takesMs.length)), slowest(efforts, "decideMs"))),
    ),
    placesPerSecond: round(typical((efforts) => perSecond(claimsOf(efforts), slowest(efforts, "placeMs")))),
    waitMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    fairness: round(
      typical((efforts) => jain(efforts.map(({ decideMs }) => 1 / decideMs))),
      3,
    ),
  };
}

function decisionsPerSecond(efforts: readonly Effort[]): number {
  return perSecond(claimsOf(efforts), slowest(efforts, "decideMs"));
}

/** Every process claims every message. */
function claimsOf(efforts: readonly Effort[]): number {
  return sum(efforts.map(({ decisions }) => decisions));
}

function slowest(efforts: readonly Effort[], what: "placeMs" | "decideMs"): number {
  return Math.max(...efforts.map((effort) => effort[what]));
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1_000;
}

/** R. Jain, D. Chiu, W. Hawe, “A Quantitative Measure of Fairness”, 1984: (Σx)² / (n · Σx²). */
function jain(shares: readonly number[]): number {
  return sum(shares) ** 2 / (shares.length * sum(shares.map((share) => share * share)));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function round(number: number, digits = 0): number {
  return Number(number.toFixed(digits));
}
