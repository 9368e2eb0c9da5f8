/** Vectors packed into memory: one bit a dimension to sift by, one byte a dimension to decide by. */

/** Vectors compared by their bytes for each one asked for: with signs of 384 dimensions the true nearest are among these. */
const SIFTED_PER_HIT = 4;
/** Words of signs that a first look compares in a large memory, and how many of it are then looked at in full. */
const GLANCE_WORDS = 4;
const GLANCED = 6_000;
/** Steps on either side of 0 that a byte tells apart; a vector's largest component is the last of them. */
const STEPS = 127;

export interface Packed {
  set(fact: number, vector: Float32Array): void;
  remove(fact: number): void;
  clear(): void;
  /** The visible facts nearest to a vector of length 1, by cosine to about a hundredth. */
  nearest(
    vector: Float32Array,
    options: { limit: number; visible(fact: number): boolean },
  ): { fact: number; score: number }[];
}

/** 100,000 vectors of 384 dimensions are 43 MB: 1.2 million words to compare by sign, and some hundred vectors by their bytes. */
export function createPacked(dimensions: number): Packed {
  const width = Math.ceil(dimensions / 32);
  let capacity = 256;
  let signs = new Int32Array(width * capacity);
  let bytes = new Int8Array(dimensions * capacity);
  let steps = new Float32Array(capacity);
  let facts = new Int32Array(capacity);
  let filled = 0;
  const places = new Map<number, number>();

  const grow = () => {
    capacity = Math.ceil(capacity * 1.5);
    signs = copied(signs, new Int32Array(width * capacity));
    bytes = copied(bytes, new Int8Array(dimensions * capacity));
    steps = copied(steps, new Float32Array(capacity));
    facts = copied(facts, new Int32Array(capacity));
  };
  const signsOf = (vector: Float32Array) => {
    const packed = new Int32Array(width);
    for (let i = 0; i < dimensions; i++)
      if ((vector[i] ?? 0) > 0) packed[i >>> 5] = (packed[i >>> 5] ?? 0) | (1 << (i & 31));
    return packed;
  };
  const cosineAt = (place: number, vector: Float32Array) => {
    let sum = 0;
    for (let i = 0, at = place * dimensions; i < dimensions; i++, at++) sum += (bytes[at] ?? 0) * (vector[i] ?? 0);
    return sum * (steps[place] ?? 0);
  };
  /** The places whose first words of signs differ least: whole rings of equal distance, until there are as many as wanted. */
  const sift = (from: Numbers, { asked, words, wanted }: Sifting): Numbers => {
    const count = from.length;
    const distances = new Uint16Array(count);
    const histogram = new Uint32Array(words * 32 + 1);
    for (let i = 0; i < count; i++) {
      const at = (from[i] ?? 0) * width;
      let distance = 0;
      for (let word = 0; word < words; word++) distance += ones((signs[at + word] ?? 0) ^ (asked[word] ?? 0));
      distances[i] = distance;
      histogram[distance] = (histogram[distance] ?? 0) + 1;
    }
    let [farthest, within] = [0, histogram[0] ?? 0];
    while (within < wanted && farthest < histogram.length - 1) within += histogram[++farthest] ?? 0;
    const found = new Int32Array(within);
    for (let i = 0, next = 0; i < count; i++) if ((distances[i] ?? 0) <= farthest) found[next++] = from[i] ?? 0;
    return found;
  };

  return {
    set(fact, vector) {
      let place = places.get(fact);
      if (place === undefined) {
        if (filled === capacity) grow();
        place = filled++;
        places.set(fact, place);
      }
      facts[place] = fact;
      signs.set(signsOf(vector), place * width);
      let largest = 0;
      for (const x of vector) largest = Math.max(largest, Math.abs(x));
      const step = largest / STEPS;
      steps[place] = step;
      for (let i = 0, at = place * dimensions; i < dimensions; i++, at++)
        bytes[at] = step === 0 ? 0 : Math.round((vector[i] ?? 0) / step);
    },
    /** The last one takes the place of the one that goes. */
    remove(fact) {
      const place = places.get(fact);
      if (place === undefined) return;
      places.delete(fact);
      const last = --filled;
      if (place === last) return;
      signs.copyWithin(place * width, last * width, (last + 1) * width);
      bytes.copyWithin(place * dimensions, last * dimensions, (last + 1) * dimensions);
      steps[place] = steps[last] ?? 0;
      const moved = facts[last] ?? 0;
      facts[place] = moved;
      places.set(moved, place);
    },
    clear() {
      places.clear();
      filled = 0;
    },
    nearest(vector, { limit, visible }) {
      const asked = signsOf(vector);
      const among = (all: Numbers) => {
        const glance = { asked, words: Math.min(GLANCE_WORDS, width), wanted: GLANCED };
        return sift(all.length > GLANCED ? sift(all, glance) : all, {
          asked,
          words: width,
          wanted: limit * SIFTED_PER_HIT,
        });
      };
      const isVisible = (place: number) => visible(facts[place] ?? 0);
      const all = numbered(filled);
      let found = among(all).filter(isVisible);
      // Most of the nearest are not this reader's: then only what is theirs is compared.
      if (found.length < Math.min(limit, filled)) found = among(all.filter(isVisible));
      return Array.from(found, (place) => ({ fact: facts[place] ?? 0, score: cosineAt(place, vector) }))
        .sort((a, b) => b.score - a.score || a.fact - b.fact)
        .slice(0, limit);
    },
  };
}

type Numbers = Int32Array<ArrayBuffer>;
type Sifting = { asked: Int32Array; words: number; wanted: number };

/** 0 to `count` - 1. */
function numbered(count: number): Numbers {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

function copied<Array extends Int8Array | Int32Array | Float32Array>(from: Array, to: Array): Array {
  to.set(from);
  return to;
}

/** The number of ones in 32 bits: Hacker's Delight, 5-1. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
