/** What the linear model sees of a text: hashed n-grams of words, and of the letters inside them. */

/** Buckets of the hash; the model has a weight for each. */
export const BUCKETS = 1 << 17;
/** Letters of an n-gram inside a word, the word's two ends counted as letters. */
const LETTERS = 4;
const [ALONE, PAIR, TRIPLE, SKIP, INSIDE] = [1, 2, 3, 4, 5];

/** The distinct buckets of these words, in no order. Time grows with the number of letters. */
export function featuresOf(words: readonly string[]): Uint32Array {
  const found = new Set<number>();
  const hashes = words.map((word) => hashOf(`<${word}>`));
  words.forEach((word, at) => {
    const [own = 0, next, last] = [hashes[at], hashes[at + 1], hashes[at + 2]];
    found.add(bucket(ALONE, own));
    if (next !== undefined) found.add(bucket(PAIR, mix(own, next)));
    if (next !== undefined && last !== undefined) {
      found.add(bucket(TRIPLE, mix(mix(own, next), last)));
      found.add(bucket(SKIP, mix(own, last)));
    }
    const padded = `<${word}>`;
    for (let from = 0; from + LETTERS <= padded.length; from++)
      found.add(bucket(INSIDE, hashOf(padded, from, from + LETTERS)));
  });
  return Uint32Array.from(found);
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string, from = 0, to = text.length): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

function mix(one: number, other: number): number {
  return Math.imul(one ^ (one >>> 13), 0x5bd1e995) ^ other;
}

function bucket(kind: number, hash: number): number {
  const mixed = Math.imul(hash ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (BUCKETS - 1);
}
