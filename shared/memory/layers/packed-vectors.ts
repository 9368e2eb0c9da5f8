/** Vectors packed into memory: one bit a dimension to sift by, one byte a dimension to decide by. */
import { createSignDistances, signBytesOf } from "./sign-distances.ts";

/** Vectors compared by their bytes for each one asked for: with signs of 384 dimensions the true nearest are among these. */
const SIFTED_PER_HIT = 4;
/** Steps on either side of 0 that a byte tells apart; a vector's largest component is the last of them. */
const STEPS = 127;
/** After the bytes of a packed vector, how long one step is: a 32-bit float. */
const STEP_BYTES = 4;

/** Places that a number has room for beside a distance. */
const PLACES_MAX = 2 ** 32;

export interface Packed {
  readonly size: number;
  has(fact: number): boolean;
  /** Takes in a vector as `packed` made it. */
  set(fact: number, vector: Uint8Array): void;
  remove(fact: number): void;
  clear(): void;
  /** The visible facts nearest to a vector of length 1, by cosine to about a hundredth. */
  nearest(
    vector: Float32Array,
    options: { limit: number; visible(fact: number): boolean },
  ): { fact: number; score: number }[];
}

/** A vector in steps of 1/127 of its largest component, a byte each, and the length of a step: a quarter of its size, for memory and file. */
export function packed(vector: Float32Array): Uint8Array {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  const step = largest / STEPS;
  const bytes = new Int8Array(vector.length + STEP_BYTES);
  if (step > 0) for (const [i, x] of vector.entries()) bytes[i] = stepsOf(x / step);
  new DataView(bytes.buffer).setFloat32(vector.length, step, true);
  return new Uint8Array(bytes.buffer);
}

/** Rounded, but never to 0 from above: its sign is read from the byte. */
function stepsOf(x: number): number {
  return x > 0 ? Math.max(1, Math.round(x)) : Math.round(x);
}

/** How many bytes such a vector has. */
export function packedBytesOf(dimensions: number): number {
  return dimensions + STEP_BYTES;
}

/** 100,000 vectors of 384 dimensions are 44 MB: the signs of all are compared, and a few hundred vectors in full. */
export function createPacked(dimensions: number): Packed {
  const signs = createSignDistances(dimensions);
  let capacity = 256;
  signs.reserve(capacity);
  let bytes = new Int8Array(dimensions * capacity);
  let steps = new Float32Array(capacity);
  let facts = new Int32Array(capacity);
  let filled = 0;
  const places = new Map<number, number>();

  const grow = () => {
    capacity = Math.ceil(capacity * 1.5);
    signs.reserve(capacity);
    bytes = copied(bytes, new Int8Array(dimensions * capacity));
    steps = copied(steps, new Float32Array(capacity));
    facts = copied(facts, new Int32Array(capacity));
  };
  const cosineAt = (place: number, vector: Float32Array) =>
    dot(bytes.subarray(place * dimensions, (place + 1) * dimensions), vector) * (steps[place] ?? 0);

  return {
    get size() {
      return filled;
    },
    has: (fact) => places.has(fact),
    set(fact, vector) {
      let place = places.get(fact);
      if (place === undefined) {
        if (filled === capacity) grow();
        place = filled++;
        places.set(fact, place);
      }
      facts[place] = fact;
      const own = new Int8Array(vector.buffer, vector.byteOffset, dimensions);
      bytes.set(own, place * dimensions);
      signs.set(place, signsOf(own));
      steps[place] = new DataView(vector.buffer, vector.byteOffset).getFloat32(dimensions, true);
    },
    /** The last one takes the place of the one that goes. */
    remove(fact) {
      const place = places.get(fact);
      if (place === undefined) return;
      places.delete(fact);
      const last = --filled;
      if (place === last) return;
      signs.copy(last, place);
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
      const distances = signs.compare(signsOf(vector), filled);
      const wanted = limit * SIFTED_PER_HIT;
      const best = (some: Iterable<number>) =>
        Array.from(some, (place) => ({ fact: facts[place] ?? 0, score: cosineAt(place, vector) })).sort(
          (a, b) => b.score - a.score || a.fact - b.fact,
        );
      const found = first(best(signs.nearest(wanted)), limit, visible);
      if (found.length >= Math.min(limit, filled)) return found;
      // Most of the nearest are not this reader's: then only what is theirs is compared.
      const theirs: number[] = [];
      for (let place = 0; place < filled; place++) if (visible(facts[place] ?? 0)) theirs.push(place);
      // Distance and place in one number, which sorts without being asked how.
      const inOrder = Float64Array.from(theirs, (place) => (distances[place] ?? 0) * PLACES_MAX + place).sort();
      return best(Array.from(inOrder.subarray(0, wanted), (key) => key % PLACES_MAX)).slice(0, limit);
    },
  };

  /** A bit for each component above 0. */
  function signsOf(vector: Float32Array | Int8Array): Uint8Array {
    const packed = new Uint8Array(signBytesOf(dimensions));
    for (let i = 0; i < dimensions; i++)
      if ((vector[i] ?? 0) > 0) packed[i >>> 3] = (packed[i >>> 3] ?? 0) | (1 << (i & 7));
    return packed;
  }
}

/** The first `limit` of what may be seen: nobody asks about the rest. */
function first<Hit extends { fact: number }>(hits: readonly Hit[], limit: number, visible: (fact: number) => boolean) {
  const found: Hit[] = [];
  for (const hit of hits) {
    if (found.length === limit) break;
    if (visible(hit.fact)) found.push(hit);
  }
  return found;
}

/** In four sums, none of which has to wait for another one's last step. */
function dot(bytes: Int8Array, vector: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (const end = bytes.length - 3; i < end; i += 4) {
    a += (bytes[i] ?? 0) * (vector[i] ?? 0);
    b += (bytes[i + 1] ?? 0) * (vector[i + 1] ?? 0);
    c += (bytes[i + 2] ?? 0) * (vector[i + 2] ?? 0);
    d += (bytes[i + 3] ?? 0) * (vector[i + 3] ?? 0);
  }
  for (; i < bytes.length; i++) a += (bytes[i] ?? 0) * (vector[i] ?? 0);
  return a + b + c + d;
}

function copied<Array extends Int8Array | Int32Array | Float32Array>(from: Array, to: Array): Array {
  to.set(from);
  return to;
}
