/** Every word that the facts at hand use, as a number, with how many facts use it. */
import { gramsOf } from "../embed/grams.ts";
import { STOP_MARK } from "../language/words.ts";

export interface Vocabulary {
  /** The number of a word; a new one is taken in with `add`, otherwise it is -1. */
  numberOf(word: string, options?: { add: boolean }): number;
  wordOf(number: number): string;
  isStop(number: number): boolean;
  /** One more fact, or one less, uses these words (each once). */
  count(words: ReadonlySet<number>, change: 1 | -1): void;
  /** How many facts use it; 0 for a word that is not known. */
  factsWith(number: number): number;
  /** Inverse document frequency: near 0 for what every fact says, and the highest for a word that none says. */
  rarity(number: number): number;
  /** The sum of the weights of its parts (`gramsOf`) and how many they are; hashes are worked out once and kept, about 25 a word. */
  overParts(number: number, weightOf: (hash: number) => number): { sum: number; count: number };
  readonly size: number;
}

/** The parts of this word have not been asked for yet. */
const UNKNOWN = -1;

export function createVocabulary(): Vocabulary {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const stops: boolean[] = [];
  const facts: number[] = [];
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

  return {
    numberOf(word, { add } = { add: false }) {
      const known = numbers.get(word);
      if (known !== undefined || !add) return known ?? -1;
      numbers.set(word, words.length);
      stops.push(word.startsWith(STOP_MARK));
      facts.push(0);
      starts.push(UNKNOWN);
      counts.push(0);
      return words.push(word) - 1;
    },
    wordOf: (number) => words[number] ?? "",
    isStop: (number) => stops[number] ?? false,
    count(used, change) {
      total += change;
      for (const number of used) facts[number] = (facts[number] ?? 0) + change;
    },
    factsWith: (number) => facts[number] ?? 0,
    rarity: (number) => Math.log(1 + (total + 1) / ((facts[number] ?? 0) + 0.5)),
    overParts(number, weightOf) {
      if (starts[number] === UNKNOWN) takeApart(number);
      const [from, count] = [starts[number] ?? 0, counts[number] ?? 0];
      let sum = 0;
      for (let i = from; i < from + count; i++) sum += weightOf(parts[i] ?? 0);
      return { sum, count };
    },
    get size() {
      return words.length;
    },
  };
}
