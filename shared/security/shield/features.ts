/** What the linear model sees of a text: hashed n-grams of words, of the letters inside them, and of what the words speak of. */
import { type Concept, conceptsIn } from "./concepts.ts";

/** Words and ideas have buckets of their own, so that no rare word disturbs what was learnt about an idea. */
const WORD_BUCKETS = 1 << 17;
const CONCEPT_BUCKETS = 1 << 15;
/** Buckets of the hash; the model has a weight for each. */
export const BUCKETS = WORD_BUCKETS + CONCEPT_BUCKETS;
/** Letters of an n-gram inside a word, the word's two ends counted as letters. */
const LETTERS = 4;
const [ALONE, PAIR, TRIPLE, SKIP, INSIDE] = [1, 2, 3, 4, 5];
const [IDEA, TOGETHER, FIRST, FIRST_TOGETHER] = [1, 2, 3, 4];
/** Ideas of so near words belong together. */
const NEAR_WORDS = 12;
/** An order begins with its verb. */
const FIRST_WORDS = 2;

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
  for (const feature of featuresOfConcepts(conceptsIn(words))) found.add(feature);
  return Uint32Array.from(found);
}

/** Each idea, each two of near words in their order, and the same again for those with which the text begins. */
function* featuresOfConcepts(concepts: readonly Concept[]): Generator<number> {
  for (const [index, { at, concept }] of concepts.entries()) {
    yield conceptBucket(IDEA, concept);
    const begins = at < FIRST_WORDS;
    if (begins) yield conceptBucket(FIRST, concept, at);
    for (let other = index + 1; other < concepts.length; other++) {
      const later = concepts[other];
      if (later === undefined || later.at - at > NEAR_WORDS) break;
      if (later.at === at) continue;
      yield conceptBucket(TOGETHER, concept, later.concept);
      if (begins) yield conceptBucket(FIRST_TOGETHER, concept, later.concept);
    }
  }
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
  return scramble(hash ^ Math.imul(kind, 0x9e3779b1)) & (WORD_BUCKETS - 1);
}

function conceptBucket(kind: number, one: number, other = 0): number {
  return WORD_BUCKETS + (scramble((kind << 16) | (one << 8) | other) & (CONCEPT_BUCKETS - 1));
}

function scramble(hash: number): number {
  const mixed = Math.imul(hash, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
