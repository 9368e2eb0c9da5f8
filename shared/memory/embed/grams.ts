/** Words as their parts, so that forms and misspellings of a word are near each other: character n-grams, hashed. */

/** Parts of 3 to 5 characters, with the word's borders as characters of their own; and the whole word, which counts twice. */
const SHORTEST = 3;
const LONGEST = 5;
const START = 0x3c;
const END = 0x3e;

/** Where the shortest parts begin among those of a word. Two words that share none of these share no part. */
export const SHORTEST_FROM = 2;

/** How many they are: a word of n characters has n, n − 1 and n − 2 parts of 3, 4 and 5, and itself twice. */
export function shortestAmong(parts: number): number {
  return Math.floor((parts + 1) / 3);
}

/** The hashes (32 bits) of a word's parts. "cat" → <ca, cat, at>, <cat, cat>, <cat>, and twice the word. */
export function gramsOf(word: string): number[] {
  const units = [START];
  for (let i = 0; i < word.length; i++) units.push(word.charCodeAt(i));
  units.push(END);
  const grams = [hash(units, 0, units.length, 1), hash(units, 0, units.length, 2)];
  for (let length = SHORTEST; length <= LONGEST; length++) {
    for (let from = 0; from + length <= units.length; from++) grams.push(hash(units, from, from + length, 0));
  }
  return grams;
}

/** FNV-1a, 32 bits: fast, and spreads short strings well (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(units: readonly number[], from: number, to: number, salt: number): number {
  let h = 0x811c9dc5 ^ salt;
  for (let i = from; i < to; i++) h = Math.imul(h ^ (units[i] ?? 0), 0x01000193);
  return h >>> 0;
}
