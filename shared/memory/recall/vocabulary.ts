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
  /** The hashes of its parts (`gramsOf`), worked out when they are first asked for and kept: about 25 a word. */
  partsOf(number: number): Int32Array;
  readonly size: number;
}

export function createVocabulary(): Vocabulary {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const stops: boolean[] = [];
  const facts: number[] = [];
  const parts: (Int32Array | undefined)[] = [];
  let total = 0;
  return {
    numberOf(word, { add } = { add: false }) {
      const known = numbers.get(word);
      if (known !== undefined || !add) return known ?? -1;
      numbers.set(word, words.length);
      stops.push(word.startsWith(STOP_MARK));
      facts.push(0);
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
    partsOf(number) {
      const known = parts[number];
      if (known !== undefined) return known;
      const word = words[number] ?? "";
      const found = Int32Array.from(gramsOf(stops[number] ? word.slice(1) : word));
      parts[number] = found;
      return found;
    },
    get size() {
      return words.length;
    },
  };
}
