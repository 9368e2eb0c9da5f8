/** What speaks for a fact, each as a number: its words, its neighbours, its speaker, its time, its standing. */
import { HALF_LIFE_DAYS, NEIGHBOURS_MAX } from "../limits.ts";
import { type Ask, isNamed } from "./ask.ts";
import type { Shelf, Slip } from "./shelf.ts";

/** In this order everywhere. What each means stands where it is computed, below. */
export const featureNames = [
  "covers",
  "coversAround",
  "alike",
  "alikeAround",
  "answers",
  "order",
  "episode",
  "speaker",
  "asks",
  "tellsTime",
  "tellsNumber",
  "saidThen",
  "meansThen",
  "length",
] as const;
export type FeatureName = (typeof featureNames)[number];
export type Features = Record<FeatureName, number>;

const DAY_MS = 86_400_000;
/** Things said on either side of a candidate that become candidates themselves. */
const PROPOSED_NEIGHBOURS = 3;
/** Terms of a question that are told apart: one bit each. */
const TERMS_MAX = 31;
/** Words apart that two neighbouring words of the question may stand in a fact and still count as together. */
const TOGETHER_WORDS = 5;
/** Telling words of a turn at which its neighbours count half: a short turn needs them to be understood, a long one does not. */
const SHORT_WORDS = 30;
/** Words from which a longer text has no further credit for its length. */
const LENGTH_MAX_WORDS = 24;
/** Days after which having been said near the time in question counts little. */
const NEAR_DAYS = 7;
/** How much of a text's length divides its likeness: 1 is the cosine, which favours the shortest. Chosen on the dev sets. */
const LENGTH_SHARE = 0.6;
/** The norm of a text of about ten words: keeps likeness near 0 to 1 whatever the share. */
const USUAL_NORM = 60;

/** Measures for one question; `visible` says which neighbours the reader may see: others do not exist. */
export function createMeasures(ask: Ask, { shelf, visible }: { shelf: Shelf; visible(slip: Slip): boolean }) {
  const { vocabulary } = shelf;
  const found = new Map<number, Found>();
  const bits = new Map(
    [...ask.terms.keys()].slice(0, TERMS_MAX).map((number, i): [number, number] => [number, 1 << i]),
  );
  const termWeights = [...ask.terms.values()].slice(0, TERMS_MAX);
  // What a word means for this question is worked out once, and read from then on.
  const known = new Uint8Array(vocabulary.size);
  const bitOf = new Int32Array(vocabulary.size);
  const likeness = new Float32Array(vocabulary.size);
  const square = new Float32Array(vocabulary.size);
  const weightOfPart = createLookup(ask.grams);
  const learn = (number: number) => {
    known[number] = 1;
    bitOf[number] = bits.get(number) ?? 0;
    const parts = vocabulary.partsOf(number);
    const rarity = vocabulary.rarity(number);
    let sum = 0;
    for (const part of parts) sum += weightOfPart(part);
    likeness[number] = sum * rarity;
    square[number] = rarity * rarity * parts.length;
  };
  /** The share of the question's weight that these words have. */
  const weightOf = (matched: number) => {
    let sum = 0;
    for (let i = 0; i < termWeights.length; i++) if (matched & (1 << i)) sum += termWeights[i] ?? 0;
    return sum / ask.total;
  };

  /** One pass over the words of a fact. */
  const find = (slip: Slip): Found => {
    const before = found.get(slip.seq);
    if (before !== undefined) return before;
    let matched = 0;
    let dot = 0;
    let length = 0;
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const number = shelf.wordAt(place);
      if (number < 0) continue;
      if (!known[number]) learn(number);
      matched |= bitOf[number] ?? 0;
      dot += likeness[number] ?? 0;
      length += square[number] ?? 0;
    }
    const norm = Math.sqrt(length) || 1;
    const alike = dot / (ask.gramLength * norm ** LENGTH_SHARE * USUAL_NORM ** (1 - LENGTH_SHARE));
    const result = { matched, covers: weightOf(matched), alike, words: slip.telling };
    found.set(slip.seq, result);
    return result;
  };

  const around = (slip: Slip) => {
    const before: Slip[] = [];
    const after: Slip[] = [];
    for (let s = slip.previous; s !== undefined && before.length < NEIGHBOURS_MAX; s = s.previous) {
      if (visible(s)) before.push(s);
    }
    for (let s = slip.next; s !== undefined && after.length < NEIGHBOURS_MAX - 1; s = s.next) {
      if (visible(s)) after.push(s);
    }
    return { before, after };
  };

  return {
    covers: (slip: Slip) => find(slip).covers,
    alike: (slip: Slip) => find(slip).alike,
    /** What was said just before and after. */
    around: (slip: Slip) => {
      const { before, after } = around(slip);
      return [...before.slice(0, PROPOSED_NEIGHBOURS), ...after.slice(0, PROPOSED_NEIGHBOURS)];
    },
    /** Everything but `episode`, which is of all candidates together. */
    of(slip: Slip): Omit<Features, "episode"> {
      const own = find(slip);
      const { before, after } = around(slip);
      const neighbours = [...before, ...after];
      const isShort = shortness([slip, ...before.slice(0, 2), ...after.slice(0, 2)]);
      const [prior] = before;
      const [follower] = after;
      return {
        covers: own.covers,
        coversAround:
          isShort * (weightOf(neighbours.reduce((sum, s) => sum | find(s).matched, own.matched)) - own.covers),
        alike: own.alike,
        alikeAround: isShort * ((prior ? find(prior).alike : 0) + (follower ? find(follower).alike : 0)),
        answers: prior?.isQuestion ? isShort * find(prior).covers : 0,
        order: inOrder(slip),
        speaker: isNamed(slip.by, ask) ? 1 : 0,
        asks: slip.isQuestion ? 1 : 0,
        tellsTime: ask.isWhen && slip.spans.length > 0 ? 1 : 0,
        tellsNumber: ask.isWhen && slip.hasNumber ? 1 : 0,
        saidThen: saidThen(slip, ask),
        meansThen: meansThen(slip, ask),
        length: slip.episode === null ? 0 : Math.log(1 + Math.min(own.words, LENGTH_MAX_WORDS)),
      };
    },
  };

  /** Words that follow each other in the question and stand close in the fact. */
  function inOrder(slip: Slip): number {
    const { matched } = find(slip);
    // Fewer than two bits: nothing to be in order.
    if ((matched & (matched - 1)) === 0) return 0;
    const words = shelf.wordsOf(slip);
    const places = new Map<number, number[]>();
    for (const [place, number] of words.entries()) {
      if (bitOf[number]) places.set(number, [...(places.get(number) ?? []), place]);
    }
    let sum = 0;
    for (const [i, first] of ask.order.slice(0, -1).entries()) {
      const second = ask.order[i + 1] ?? -1;
      const near = places.get(first)?.some((a) => places.get(second)?.some((b) => Math.abs(a - b) <= TOGETHER_WORDS));
      if (near && first !== second) sum += Math.min(ask.terms.get(first) ?? 0, ask.terms.get(second) ?? 0);
    }
    return sum / ask.total;
  }
}

/** `matched` has a bit for each term of the question. */
type Found = { matched: number; covers: number; alike: number; words: number };

/** A map of a few hundred hashes, read some ten thousand times a question: open addressing in typed arrays. Weights are above 0. */
function createLookup(weights: ReadonlyMap<number, number>): (hash: number) => number {
  const size = 2 ** Math.ceil(Math.log2(4 * weights.size + 16));
  const keys = new Int32Array(size);
  const values = new Float64Array(size);
  const placeOf = (hash: number) => {
    let place = hash & (size - 1);
    while (values[place] !== 0 && keys[place] !== hash) place = (place + 1) & (size - 1);
    return place;
  };
  for (const [hash, weight] of weights) {
    const place = placeOf(hash | 0);
    keys[place] = hash | 0;
    values[place] = weight;
  }
  return (hash) => values[placeOf(hash)] ?? 0;
}

/** 1 for short turns, a half at SHORT_WORDS on average, towards 0 for pages. */
function shortness(turns: readonly Slip[]): number {
  const mean = turns.reduce((sum, { telling }) => sum + telling, 0) / turns.length;
  return 1 / (1 + (mean / SHORT_WORDS) ** 2);
}

/** 1 when it was said in the time in question; less the longer after it, and half of that before it. */
function saidThen(slip: Slip, { spans }: Ask): number {
  let best = 0;
  for (const { from, to } of spans) {
    if (slip.at < from) best = Math.max(best, 0.5 * Math.exp((slip.at - from) / DAY_MS / NEAR_DAYS));
    else if (slip.at > to) best = Math.max(best, Math.exp((to - slip.at) / DAY_MS / NEAR_DAYS));
    else best = 1;
  }
  return best;
}

/** How much a time that the fact speaks of is the one in question; a year that contains the day is worth little. */
function meansThen(slip: Slip, { spans }: Ask): number {
  let best = 0;
  for (const asked of spans) {
    for (const told of slip.spans) {
      const shared = Math.min(told.to, asked.to) - Math.max(told.from, asked.from);
      if (shared <= 0) continue;
      const shorter = Math.max(1, Math.min(told.to - told.from, asked.to - asked.from));
      best = Math.max(best, (shared / shorter) * Math.min(1, (40 * DAY_MS) / (told.to - told.from + 1)));
    }
  }
  return best;
}

/** 1 on the day of its last use, a half after the half-life: closed form, so that computing it twice changes nothing. */
export function freshness(usedAt: number, now: number): number {
  return 2 ** (-Math.max(0, now - usedAt) / DAY_MS / HALF_LIFE_DAYS);
}
