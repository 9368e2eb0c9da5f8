/** Vectors packed into memory: one bit a dimension to sift by, one byte a dimension to decide by. */
import { onesOf, onesOfFour } from "./ones.ts";

/** Vectors compared by their bytes for each one asked for: with signs of 384 dimensions the true nearest are among these. */
const SIFTED_PER_HIT = 4;
/** The first 128 signs of each vector stand together: a first look compares these alone, and so many are then looked at in full. */
const GLANCE_WORDS = 4;
const GLANCED = 3_000;
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

/** 100,000 vectors of 384 dimensions are 46 MB: 1.6 of them are glanced at, a few thousand signs and a few hundred vectors compared in full. */
export function createPacked(dimensions: number): Packed {
  const width = Math.max(GLANCE_WORDS, Math.ceil(dimensions / 32));
  let capacity = 256;
  let glances = new Int32Array(GLANCE_WORDS * capacity);
  let signs = new Int32Array(width * capacity);
  let bytes = new Int8Array(dimensions * capacity);
  let steps = new Float32Array(capacity);
  let facts = new Int32Array(capacity);
  let distances = new Uint16Array(capacity);
  let filled = 0;
  const places = new Map<number, number>();

  const grow = () => {
    capacity = Math.ceil(capacity * 1.5);
    glances = copied(glances, new Int32Array(GLANCE_WORDS * capacity));
    signs = copied(signs, new Int32Array(width * capacity));
    bytes = copied(bytes, new Int8Array(dimensions * capacity));
    steps = copied(steps, new Float32Array(capacity));
    facts = copied(facts, new Int32Array(capacity));
    distances = new Uint16Array(capacity);
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

  /** The places whose first signs differ least. */
  const glance = (asked: Int32Array): Numbers => {
    const [a = 0, b = 0, c = 0, d = 0] = asked;
    for (let place = 0, at = 0; place < filled; place++, at += GLANCE_WORDS) {
      distances[place] = onesOfFour(
        (glances[at] ?? 0) ^ a,
        (glances[at + 1] ?? 0) ^ b,
        (glances[at + 2] ?? 0) ^ c,
        (glances[at + 3] ?? 0) ^ d,
      );
    }
    return least(distances, { count: filled, most: GLANCE_WORDS * 32, wanted: GLANCED });
  };
  /** Those of them whose signs differ least. */
  const sift = (from: Numbers, asked: Int32Array, wanted: number): Numbers => {
    for (let i = 0; i < from.length; i++) {
      const at = (from[i] ?? 0) * width;
      let distance = 0;
      for (let word = 0; word < width; word++) distance += onesOf((signs[at + word] ?? 0) ^ (asked[word] ?? 0));
      distances[i] = distance;
    }
    return least(distances, { count: from.length, most: width * 32, wanted }).map((i) => from[i] ?? 0);
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
      const packed = signsOf(vector);
      signs.set(packed, place * width);
      glances.set(packed.subarray(0, GLANCE_WORDS), place * GLANCE_WORDS);
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
      glances.copyWithin(place * GLANCE_WORDS, last * GLANCE_WORDS, (last + 1) * GLANCE_WORDS);
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
      const best = (from: Numbers) =>
        Array.from(sift(from, asked, limit * SIFTED_PER_HIT), (place) => ({
          fact: facts[place] ?? 0,
          score: cosineAt(place, vector),
        })).sort((a, b) => b.score - a.score || a.fact - b.fact);
      const found = first(best(filled > GLANCED ? glance(asked) : numbered(filled)), limit, visible);
      if (found.length >= Math.min(limit, filled)) return found;
      // Most of the nearest are not this reader's: then only what is theirs is compared.
      return best(numbered(filled).filter((place) => visible(facts[place] ?? 0))).slice(0, limit);
    },
  };
}

type Numbers = Int32Array<ArrayBuffer>;

/** The first `limit` of what may be seen: nobody asks about the rest. */
function first<Hit extends { fact: number }>(hits: readonly Hit[], limit: number, visible: (fact: number) => boolean) {
  const found: Hit[] = [];
  for (const hit of hits) {
    if (found.length === limit) break;
    if (visible(hit.fact)) found.push(hit);
  }
  return found;
}

/** Where the least of the first `count` distances stand: whole rings of equal distance, until there are as many as wanted. */
function least(
  distances: Uint16Array,
  { count, most, wanted }: { count: number; most: number; wanted: number },
): Numbers {
  const rings = new Uint32Array(most + 1);
  for (let i = 0; i < count; i++) rings[distances[i] ?? 0] = (rings[distances[i] ?? 0] ?? 0) + 1;
  let [farthest, within] = [0, rings[0] ?? 0];
  while (within < wanted && farthest < most) within += rings[++farthest] ?? 0;
  const found = new Int32Array(within);
  for (let i = 0, next = 0; i < count; i++) if ((distances[i] ?? 0) <= farthest) found[next++] = i;
  return found;
}

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
