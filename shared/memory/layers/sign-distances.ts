/** In how many signs vectors differ: one bit a dimension, counted in WebAssembly, because JavaScript cannot count bits. */
import { signBytesOf } from "./packed-vectors.ts";
import { signProgram } from "./sign-program.ts";

export interface SignDistances {
  /** Makes room for so many vectors, and an eighth to spare. */
  reserve(vectors: number): void;
  /** The vector in this place; a bit for each component above 0. */
  set(place: number, signs: Uint8Array): void;
  /** What stands in all places, one behind the other; to be read before anything else is called. */
  all(): Uint8Array;
  /** The one in `from` also stands in `to`. */
  copy(from: number, to: number): void;
  /** In how many signs each of the first `count` vectors differs from `asked`, by place; to be read before anything else is called. */
  compare(asked: Uint8Array, count: number): Uint16Array;
  /** The places that differ least, as `compare` has found: whole rings of equal distance, until there are as many as wanted. */
  nearest(wanted: number): Int32Array;
}

/**
 * All of it lies in one piece of memory: the asked signs, how many vectors there are at each distance, the signs of all
 * vectors, their distances, places that were found. Only the last two move when more vectors come, and both are made anew by each question.
 */
export function createSignDistances(dimensions: number): SignDistances {
  const width = signBytesOf(dimensions);
  const rings = width;
  const ringsMax = width * 8 + 1;
  const signs = rings + Math.ceil((ringsMax * 4) / 8) * 8;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const program = new WebAssembly.Module(signProgram(width / 8));
  const { compare, within } = new WebAssembly.Instance(program, { own: { memory } }).exports as Program;
  let [capacity, count] = [0, 0];
  const distances = () => signs + capacity * width;
  const found = () => distances() + Math.ceil((capacity * 2) / 4) * 4;

  return {
    reserve(vectors) {
      if (vectors <= capacity) return;
      capacity = Math.ceil(vectors * GROWTH);
      const missing = found() + capacity * 4 - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    },
    set(place, own) {
      new Uint8Array(memory.buffer).set(own, signs + place * width);
    },
    all: () => new Uint8Array(memory.buffer, signs, capacity * width),
    copy(from, to) {
      new Uint8Array(memory.buffer).copyWithin(signs + to * width, signs + from * width, signs + (from + 1) * width);
    },
    compare(asked, vectors) {
      count = vectors;
      new Uint8Array(memory.buffer).set(asked, 0);
      new Uint32Array(memory.buffer, rings, ringsMax).fill(0);
      if (count > 0) compare(0, signs, count, distances(), rings);
      return new Uint16Array(memory.buffer, distances(), count);
    },
    nearest(wanted) {
      const ring = new Uint32Array(memory.buffer, rings, ringsMax);
      let [farthest, sum] = [0, ring[0] ?? 0];
      while (sum < wanted && farthest < ringsMax - 1) sum += ring[++farthest] ?? 0;
      return count === 0
        ? new Int32Array()
        : new Int32Array(memory.buffer, found(), within(distances(), count, farthest, found()));
    },
  };
}

/** The part of WebAssembly that is used here: the types of Node have none of it, and those of browsers bring all of a browser. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: object };
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
};
/** What there is room for beyond what is needed now: little, because it stays for months. */
const GROWTH = 1.125;
/** Of its memory. */
const PAGE_BYTES = 65_536;

type Program = {
  compare(asked: number, signs: number, count: number, distances: number, rings: number): void;
  within(distances: number, count: number, farthest: number, found: number): number;
};
