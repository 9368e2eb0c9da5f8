/** Every word that the facts at hand use, as a number, with how many facts use it. */
import { gramsOf, SHORTEST_FROM, shortestAmong } from "../embed/grams.ts";
import { STOP_MARK } from "../language/words.ts";
import { createBytes, createInts, grown } from "./numbers.ts";

export interface Vocabulary {
  /** The number of a word; a new one is taken in with `add`, otherwise it is -1. */
  numberOf(word: string, options?: { add: boolean }): number;
  isStop(number: number): boolean;
  /** One more fact, or one less, uses these words; one that stands there twice counts once. */
  count(words: Iterable<number>, change: 1 | -1): void;
  /** How many facts use it; 0 for a word that is not known. */
  factsWith(number: number): number;
  /** Inverse document frequency: near 0 for what every fact says, and the highest for a word that none says. */
  rarity(number: number): number;
  /** The sum of the weights of its parts (`gramsOf`); hashes are worked out once and kept, about 25 a word. */
  overParts(number: number, weights: PartWeights): number;
  /** How many parts it has. */
  partsIn(number: number): number;
  readonly size: number;
}

/** What parts weigh, by their hash. Nearly all weigh nothing, which a look at 64 kB tells. */
type PartWeights = {
  /** By the lowest 16 bits of a hash: 0 when no part of such a hash weighs anything. */
  readonly some: Uint8Array;
  of(hash: number): number;
};

export function createVocabulary(): Vocabulary {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const stops = createBytes();
  const facts = createInts();
  // In which round of counting a word was last counted.
  const counted = createInts();
  let round = 0;
  // The parts of all words that were asked for stand one after another, behind one that nobody has: where those of a word
  // begin, 0 until it is asked for, and how many they are.
  let parts = new Int32Array(1_024);
  let filled = 1;
  const starts = createInts();
  const counts = createInts();
  let total = 0;

  const isStop = (number: number) => stops.at(number) === 1;
  const takeApart = (number: number) => {
    const hashes = gramsOf(isStop(number) ? (words[number] ?? "").slice(1) : (words[number] ?? ""));
    parts = grown(parts, filled + hashes.length);
    parts.set(hashes, filled);
    starts.set(number, filled);
    counts.set(number, hashes.length);
    filled += hashes.length;
  };

  const startOf = (number: number) => {
    if (starts.at(number) === 0) takeApart(number);
    return starts.at(number);
  };

  return {
    numberOf(word, { add } = { add: false }) {
      const known = numbers.get(word);
      if (known !== undefined || !add) return known ?? -1;
      const own = alone(word);
      numbers.set(own, words.length);
      stops.set(words.length, Number(own.startsWith(STOP_MARK)));
      return words.push(own) - 1;
    },
    isStop,
    count(used, change) {
      total += change;
      round++;
      for (const number of used) {
        if (number < 0 || counted.at(number) === round) continue;
        counted.set(number, round);
        facts.set(number, facts.at(number) + change);
      }
    },
    factsWith: facts.at,
    rarity: (number) => Math.log(1 + (total + 1) / (facts.at(number) + 0.5)),
    overParts(number, { some, of }) {
      const from = startOf(number);
      const end = from + counts.at(number);
      const own = parts;
      // Most words share nothing with a question, which their shortest parts tell.
      let first = from + SHORTEST_FROM;
      const last = first + shortestAmong(end - from);
      while (first < last && some[(own[first] ?? 0) & 0xffff] === 0) first++;
      if (first === last) return 0;
      let sum = 0;
      for (let i = from; i < end; i++) {
        const hash = own[i] ?? 0;
        if (some[hash & 0xffff] !== 0) sum += of(hash);
      }
      return sum;
    },
    partsIn: (number) => {
      startOf(number);
      return counts.at(number);
    },
    get size() {
      return words.length;
    },
  };
}

/** The same word, in memory of its own: a piece of a longer string would keep all of that. */
function alone(word: string): string {
  return JSON.parse(JSON.stringify(word)) as string;
}

/** The few hundred parts of a question, asked for some hundred thousand times: open addressing in typed arrays. Weights are above 0. */
export function createPartWeights(weights: ReadonlyMap<number, number>): PartWeights {
  const size = 2 ** Math.ceil(Math.log2(4 * weights.size + 16));
  const keys = new Int32Array(size);
  const values = new Float64Array(size);
  const some = new Uint8Array(0x10000);
  const placeOf = (hash: number) => {
    let place = hash & (size - 1);
    while (values[place] !== 0 && keys[place] !== hash) place = (place + 1) & (size - 1);
    return place;
  };
  for (const [hash, weight] of weights) {
    const place = placeOf(hash | 0);
    keys[place] = hash | 0;
    values[place] = weight;
    some[hash & 0xffff] = 1;
  }
  return { some, of: (hash) => values[placeOf(hash)] ?? 0 };
}
