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
/** One number a feature, in the order of `featureNames`. */
export type Features = Float64Array;

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
/** The same for a fact that stands alone: it says one thing, so that what it says besides counts more against it than in a talk. */
const ALONE_LENGTH_SHARE = 0.8;
/** The norm of a text of about ten words: keeps likeness near 0 to 1 whatever the share. */
const USUAL_NORM = 60;

/** Measures for one question; `visible` says which neighbours the reader may see: others do not exist. */
export function createMeasures(ask: Ask, { shelf, visible }: { shelf: Shelf; visible(slip: Slip): boolean }) {
  const { vocabulary } = shelf;
  const looked = new Map<number, Looked>();
  const bits = new Map(
    [...ask.terms.keys()].slice(0, TERMS_MAX).map((number, i): [number, number] => [number, 1 << i]),
  );
  const termWeights = [...ask.terms.values()].slice(0, TERMS_MAX);
  // What a word means for this question is worked out once, and read from then on.
  const bitOf = new Int32Array(vocabulary.size);
  for (const [number, bit] of bits) bitOf[number] = bit;
  // Neighbouring words of the question, and how much both being together counts: as much as the commoner one.
  const pairs = ask.order.slice(0, -1).flatMap((number, i) => {
    const next = ask.order[i + 1] ?? -1;
    const [first = 0, second = 0] = [bits.get(number), bits.get(next)];
    if (first === 0 || second === 0 || first === second) return [];
    return [{ first, second, weight: Math.min(ask.terms.get(number) ?? 0, ask.terms.get(next) ?? 0) }];
  });
  const near = new Int32Array(TERMS_MAX);
  const isKnown = new Uint8Array(vocabulary.size);
  const likeness = new Float32Array(vocabulary.size);
  const square = new Float32Array(vocabulary.size);
  const weightOfPart = createLookup(ask.grams);
  const learn = (number: number) => {
    isKnown[number] = 1;
    const rarity = vocabulary.rarity(number);
    const { sum, count } = vocabulary.overParts(number, weightOfPart);
    likeness[number] = sum * rarity;
    square[number] = rarity * rarity * count;
  };
  /** The share of the question's weight that these words have. */
  const weightOf = (matched: number) => {
    let sum = 0;
    for (let i = 0; i < termWeights.length; i++) if (matched & (1 << i)) sum += termWeights[i] ?? 0;
    return sum / ask.total;
  };

  /** Which of the question's words it has. Cheap, so that distant neighbours are asked for no more. */
  const look = (slip: Slip): Looked => {
    const before = looked.get(slip.seq);
    if (before !== undefined) return before;
    let matched = 0;
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const number = shelf.wordAt(place);
      if (number >= 0) matched |= bitOf[number] ?? 0;
    }
    const result = { matched, covers: matched === 0 ? 0 : weightOf(matched), alike: undefined };
    looked.set(slip.seq, result);
    return result;
  };
  const matchedOf = (slip: Slip) => look(slip).matched;
  const coversOf = (slip: Slip) => look(slip).covers;
  /** How much the parts of its words are those of the question's. */
  const alikeOf = (slip: Slip): number => {
    const own = look(slip);
    if (own.alike !== undefined) return own.alike;
    let dot = 0;
    let length = 0;
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const number = shelf.wordAt(place);
      if (number < 0) continue;
      if (isKnown[number] === 0) learn(number);
      dot += likeness[number] ?? 0;
      length += square[number] ?? 0;
    }
    const norm = Math.sqrt(length) || 1;
    const share = slip.episode === null ? ALONE_LENGTH_SHARE : LENGTH_SHARE;
    own.alike = dot / (ask.gramLength * norm ** share * USUAL_NORM ** (1 - share));
    return own.alike;
  };

  return {
    covers: coversOf,
    alike: alikeOf,
    /** What was said just before and after. */
    around: (slip: Slip) => [
      ...said(slip.previous, backwards, PROPOSED_NEIGHBOURS),
      ...said(slip.next, forwards, PROPOSED_NEIGHBOURS),
    ],
    /** All of them; `episode` is how much the fact's episode has of the question, which only all candidates together tell. */
    of(slip: Slip, episode: number): Features {
      const own = look(slip);
      const before = said(slip.previous, backwards, NEIGHBOURS_MAX);
      const after = said(slip.next, forwards, NEIGHBOURS_MAX - 1);
      const isShort = shortness(slip, before, after);
      const [prior] = before;
      const [follower] = after;
      let matched = own.matched;
      for (const neighbour of before) matched |= matchedOf(neighbour);
      for (const neighbour of after) matched |= matchedOf(neighbour);
      return Float64Array.of(
        own.covers,
        matched === own.matched ? 0 : isShort * (weightOf(matched) - own.covers),
        alikeOf(slip),
        isShort * ((prior ? alikeOf(prior) : 0) + (follower ? alikeOf(follower) : 0)),
        prior?.isQuestion ? isShort * coversOf(prior) : 0,
        inOrder(slip, own.matched),
        episode,
        isNamed(slip.by, ask) ? 1 : 0,
        slip.isQuestion ? 1 : 0,
        ask.isWhen && slip.spans.length > 0 ? 1 : 0,
        ask.isWhen && slip.hasNumber ? 1 : 0,
        saidThen(slip, ask),
        meansThen(slip, ask),
        slip.episode === null ? 0 : Math.log(1 + Math.min(slip.telling, LENGTH_MAX_WORDS)),
      );
    },
  };

  /** What was said next in one direction, as far as the reader may see it. */
  function said(from: Slip | undefined, onwards: (slip: Slip) => Slip | undefined, most: number): Slip[] {
    const found: Slip[] = [];
    for (let slip = from; slip !== undefined && found.length < most; slip = onwards(slip)) {
      if (visible(slip)) found.push(slip);
    }
    return found;
  }

  /** Words that follow each other in the question and stand close in the fact. */
  function inOrder(slip: Slip, matched: number): number {
    // Fewer than two bits: nothing to be in order.
    if ((matched & (matched - 1)) === 0) return 0;
    near.fill(0);
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const bit = bitAt(place);
      if (bit === 0) continue;
      for (let other = place + 1; other <= place + TOGETHER_WORDS && other < end; other++) {
        const second = bitAt(other);
        if (second === 0) continue;
        near[indexOf(bit)] = (near[indexOf(bit)] ?? 0) | second;
        near[indexOf(second)] = (near[indexOf(second)] ?? 0) | bit;
      }
    }
    let sum = 0;
    for (const { first, second, weight } of pairs) if ((near[indexOf(first)] ?? 0) & second) sum += weight;
    return sum / ask.total;
  }

  function bitAt(place: number): number {
    const number = shelf.wordAt(place);
    return number < 0 ? 0 : (bitOf[number] ?? 0);
  }
}

const backwards = (slip: Slip) => slip.previous;
const forwards = (slip: Slip) => slip.next;

/** The place of the only bit of a word, from 0. */
const indexOf = (bit: number) => 31 - Math.clz32(bit);

/** `matched` has a bit for each term of the question; `alike` is worked out when it is first asked for. */
type Looked = { matched: number; covers: number; alike: number | undefined };

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

/** 1 for short turns, a half at SHORT_WORDS on average, towards 0 for pages: of the fact, and two on either side of it. */
function shortness(slip: Slip, before: readonly Slip[], after: readonly Slip[]): number {
  let [words, turns] = [slip.telling, 1];
  for (const side of [before, after]) {
    for (let i = 0; i < 2 && i < side.length; i++, turns++) words += side[i]?.telling ?? 0;
  }
  return 1 / (1 + (words / turns / SHORT_WORDS) ** 2);
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
