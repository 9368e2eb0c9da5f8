/** Every word that the facts at hand use, as a number, with how many facts use it. */
import { gramsOf } from "../embed/grams.ts";
import { STOP_MARK } from "../language/words.ts";

export interface Vocabulary {
  /** The number of a word; a new one is taken in with `add`, otherwise it is -1. */
  numberOf(word: string, options?: { add: boolean }): number;
  wordOf(number: number): string;
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

/** The parts of this word have not been asked for yet. */
const UNKNOWN = -1;

export function createVocabulary(): Vocabulary {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const stops: boolean[] = [];
  const facts: number[] = [];
  // In which round of counting a word was last counted.
  const counted: number[] = [];
  let round = 0;
  // The parts of all words stand one after another: where those of a word begin, and how many they are.
  let parts = new Int32Array(1_024);
  let filled = 0;
  const starts: number[] = [];
  const counts: number[] = [];
  let total = 0;

  const takeApart = (number: number) => {
    const word = words[number] ?? "";
    const hashes = gramsOf(stops[number] ? word.slice(1) : word);
    if (filled + hashes.length > parts.length) {
      const larger = new Int32Array(Math.ceil(parts.length * 1.5) + hashes.length);
      larger.set(parts);
      parts = larger;
    }
    parts.set(hashes, filled);
    starts[number] = filled;
    counts[number] = hashes.length;
    filled += hashes.length;
  };

  const startOf = (number: number) => {
    if (starts[number] === UNKNOWN) takeApart(number);
    return starts[number] ?? 0;
  };

  return {
    numberOf(word, { add } = { add: false }) {
      const known = numbers.get(word);
      if (known !== undefined || !add) return known ?? -1;
      numbers.set(word, words.length);
      stops.push(word.startsWith(STOP_MARK));
      facts.push(0);
      counted.push(0);
      starts.push(UNKNOWN);
      counts.push(0);
      return words.push(word) - 1;
    },
    wordOf: (number) => words[number] ?? "",
    isStop: (number) => stops[number] ?? false,
    count(used, change) {
      total += change;
      round++;
      for (const number of used) {
        if (number < 0 || counted[number] === round) continue;
        counted[number] = round;
        facts[number] = (facts[number] ?? 0) + change;
      }
    },
    factsWith: (number) => facts[number] ?? 0,
    rarity: (number) => Math.log(1 + (total + 1) / ((facts[number] ?? 0) + 0.5)),
    overParts(number, { some, of }) {
      const from = startOf(number);
      const end = from + (counts[number] ?? 0);
      const own = parts;
      let sum = 0;
      for (let i = from; i < end; i++) {
        const hash = own[i] ?? 0;
        if (some[hash & 0xffff] !== 0) sum += of(hash);
      }
      return sum;
    },
    partsIn: (number) => {
      startOf(number);
      return counts[number] ?? 0;
    },
    get size() {
      return words.length;
    },
  };
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
