/** What speaks for a fact, each as a number: its words, its neighbours, its speaker, its time, its standing. */
import { HALF_LIFE_DAYS, NEIGHBOURS_MAX } from "../limits.ts";
import { type Ask, isNamed } from "./ask.ts";
import type { Shelf, Slip } from "./shelf.ts";
import { createPartWeights, type Vocabulary } from "./vocabulary.ts";

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
export type Features = readonly number[];

const DAY_MS = 86_400_000;
/** Things said on either side of a candidate that become candidates themselves. */
const PROPOSED_NEIGHBOURS = 3;
/** Terms of a question that are told apart: one bit each. */
const TERMS_MAX = 31;
/** Words apart that two neighbouring words of the question may stand in a fact and still count as together. */
const TOGETHER_WORDS = 5;
/** Telling words of a turn at which its neighbours count half: a short turn needs them to be understood, a long one does not. */
const SHORT_WORDS = 30;
/** Turns on either side by whose length it is judged whether a talk is one of short turns. */
const LENGTH_TURNS = 2;
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

/** A fact that may answer one question: which of the question's words it has (a bit for each), and what share of their weight. */
export type Candidate = {
  readonly slip: Slip;
  readonly matched: number;
  readonly covers: number;
  /** Worked out when it is first asked for. */
  alike: number | undefined;
};

/** Measures for one question; `isFindable` says which facts the reader may see: others do not exist. */
export function createMeasures(ask: Ask, { shelf, isFindable }: { shelf: Shelf; isFindable(seq: number): boolean }) {
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
  const words = shelf.words();
  const partWeights = createPartWeights(ask.grams);
  // Two numbers a word, side by side: how much its parts are those of the question, and its share of a text's length, 0 until it is learned.
  const learned = new Float32Array(2 * vocabulary.size);
  const rarityOf = createRarities(vocabulary);
  const learn = (number: number) => {
    const rarity = rarityOf(number);
    learned[2 * number] = vocabulary.overParts(number, partWeights) * rarity;
    learned[2 * number + 1] = rarity * rarity * vocabulary.partsIn(number);
  };
  const speakers = new Map<string, boolean>();
  const isSpeaker = (by: string) => {
    const known = speakers.get(by) ?? isNamed(by, ask);
    speakers.set(by, known);
    return known;
  };
  /** The share of the question's weight that these words have. */
  const weightOf = (matched: number) => {
    let sum = 0;
    for (let i = 0; i < termWeights.length; i++) if (matched & (1 << i)) sum += termWeights[i] ?? 0;
    return sum / ask.total;
  };

  /** Cheap, so that distant neighbours are asked for no more. What the reader may not see only leads on to others. */
  const look = (seq: number): Looked | undefined => {
    const before = looked.get(seq);
    if (before !== undefined) return before;
    const slip = shelf.get(seq);
    if (slip === undefined) return undefined;
    let matched = 0;
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const number = words[place] ?? -1;
      if (number >= 0) matched |= bitOf[number] ?? 0;
    }
    const covers = matched === 0 ? 0 : weightOf(matched);
    const result = { slip, matched, covers, alike: undefined, isFindable: isFindable(seq) };
    looked.set(seq, result);
    return result;
  };
  /** How much the parts of its words are those of the question's. */
  const alikeOf = (own: Candidate): number => {
    const { slip } = own;
    if (own.alike !== undefined) return own.alike;
    let dot = 0;
    let length = 0;
    for (let place = slip.start, end = place + slip.length; place < end; place++) {
      const number = words[place] ?? -1;
      if (number < 0) continue;
      if (learned[2 * number + 1] === 0) learn(number);
      dot += learned[2 * number] ?? 0;
      length += learned[2 * number + 1] ?? 0;
    }
    const norm = Math.sqrt(length) || 1;
    const share = slip.episode === null ? ALONE_LENGTH_SHARE : LENGTH_SHARE;
    own.alike = dot / (ask.gramLength * norm ** share * USUAL_NORM ** (1 - share));
    return own.alike;
  };

  return {
    /** Undefined when the reader may not see it. */
    candidate(seq: number): Candidate | undefined {
      const one = look(seq);
      return one?.isFindable ? one : undefined;
    },
    alike: alikeOf,
    /** What was said just before and after. */
    around: ({ slip }: Candidate): Candidate[] => [
      ...said(slip, backwards, PROPOSED_NEIGHBOURS),
      ...said(slip, forwards, PROPOSED_NEIGHBOURS),
    ],
    /** All of them; `episode` is how much the fact's episode has of the question, which only all candidates together tell. */
    of(own: Candidate, episode: number): Features {
      const { slip } = own;
      const before = beside(slip, backwards, NEIGHBOURS_MAX);
      const after = beside(slip, forwards, NEIGHBOURS_MAX - 1);
      const isShort = shortness((slip.telling + before.words + after.words) / (1 + before.turns + after.turns));
      const matched = own.matched | before.matched | after.matched;
      const [prior, follower] = [before.nearest, after.nearest];
      return [
        own.covers,
        matched === own.matched ? 0 : isShort * (weightOf(matched) - own.covers),
        alikeOf(own),
        isShort * ((prior ? alikeOf(prior) : 0) + (follower ? alikeOf(follower) : 0)),
        prior?.slip.isQuestion ? isShort * prior.covers : 0,
        inOrder(slip, own.matched),
        episode,
        isSpeaker(slip.by) ? 1 : 0,
        slip.isQuestion ? 1 : 0,
        ask.isWhen && slip.spans.length > 0 ? 1 : 0,
        ask.isWhen && slip.hasNumber ? 1 : 0,
        saidThen(slip, ask),
        meansThen(slip, ask),
        slip.episode === null ? 0 : Math.log(1 + Math.min(slip.telling, LENGTH_MAX_WORDS)),
      ];
    },
  };

  /** What was said next in one direction, as far as the reader may see it. */
  function said(from: Slip, onwards: (slip: Slip) => number, most: number): Candidate[] {
    const found: Candidate[] = [];
    for (let one = look(onwards(from)); one !== undefined && found.length < most; one = look(onwards(one.slip))) {
      if (one.isFindable) found.push(one);
    }
    return found;
  }

  /** The same, summed up: the question's words in it, and how long the nearest turns are. */
  function beside(from: Slip, onwards: (slip: Slip) => number, most: number) {
    let [matched, words, turns, seen] = [0, 0, 0, 0];
    let nearest: Candidate | undefined;
    for (let one = look(onwards(from)); one !== undefined && seen < most; one = look(onwards(one.slip))) {
      if (!one.isFindable) continue;
      if (seen++ < LENGTH_TURNS) {
        words += one.slip.telling;
        turns++;
      }
      nearest ??= one;
      matched |= one.matched;
    }
    return { matched, words, turns, nearest };
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
    const number = words[place] ?? -1;
    return number < 0 ? 0 : (bitOf[number] ?? 0);
  }
}

const backwards = (slip: Slip) => slip.previous;
const forwards = (slip: Slip) => slip.next;

/** The place of the only bit of a word, from 0. */
const indexOf = (bit: number) => 31 - Math.clz32(bit);

/** Most words are in a few facts, and words of as many facts are equally rare: a logarithm for each number of facts, not for each word. */
function createRarities(vocabulary: Vocabulary): (number: number) => number {
  const byFacts = new Float64Array(256);
  return (number) => {
    const facts = vocabulary.factsWith(number);
    if (facts >= byFacts.length) return vocabulary.rarity(number);
    if (byFacts[facts] === 0) byFacts[facts] = vocabulary.rarity(number);
    return byFacts[facts] ?? 0;
  };
}

type Looked = Candidate & { readonly isFindable: boolean };

/** 1 for short turns, a half at SHORT_WORDS on average, towards 0 for pages: of the fact, and LENGTH_TURNS on either side of it. */
function shortness(words: number): number {
  return 1 / (1 + (words / SHORT_WORDS) ** 2);
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
