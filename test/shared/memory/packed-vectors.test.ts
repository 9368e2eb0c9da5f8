/** Vectors in memory: bits counted as JavaScript would count them, the nearest as comparing all of them would find. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { seeded } from "../../../shared/base/index.ts";
import { packed, signBytesOf } from "../../../shared/memory/layers/packed-vectors.ts";
import { createSignDistances } from "../../../shared/memory/layers/sign-distances.ts";
import { createSignIndex } from "../../../shared/memory/layers/sign-index.ts";

test("WebAssembly counts the same signs as JavaScript, for every width and number of vectors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }).chain((dimensions) => {
        const bytes = signBytesOf(dimensions);
        const vector = fc.uint8Array({ minLength: bytes, maxLength: bytes });
        return fc.tuple(fc.constant(dimensions), vector, fc.array(vector, { maxLength: 40 }));
      }),
      fc.integer({ min: 1, max: 50 }),
      ([dimensions, asked, vectors], wanted) => {
        const signs = createSignDistances(dimensions);
        for (const [place, vector] of vectors.entries()) {
          signs.reserve(place + 1);
          signs.set(place, vector);
        }
        const expected = vectors.map((vector) =>
          vector.reduce((sum, byte, i) => sum + ones(byte ^ (asked[i] ?? 0)), 0),
        );
        expect([...signs.compare(asked, vectors.length)]).toEqual(expected);
        const nearest = [...signs.nearest(wanted)];
        const farthest = expected.toSorted((a, b) => a - b)[Math.min(wanted, vectors.length) - 1] ?? -1;
        expect(nearest).toEqual([...expected.keys()].filter((place) => (expected[place] ?? 0) <= farthest));
      },
    ),
    { numRuns: 60 },
  );
});

test("the nearest of a thousand are those that comparing all finds, also for a reader who may see few, and after removals", () => {
  const random = seeded(3);
  const dimensions = 384;
  const vectorOf = () => normal(Float32Array.from({ length: dimensions }, () => random() - 0.5));
  const vectors = new Map(Array.from({ length: 1_000 }, (_, i): [number, Float32Array] => [i + 1, vectorOf()]));
  const index = createSignIndex(dimensions);
  const file = new Map(Array.from(vectors, ([fact, vector]) => [fact, packed(vector)]));
  const read = (fact: number) => file.get(fact);
  for (const [fact, vector] of file) index.set(fact, vector);
  for (let fact = 7; fact <= 1_000; fact += 7) {
    index.remove(fact);
    vectors.delete(fact);
  }
  for (const visible of [() => true, (fact: number) => fact % 50 === 1]) {
    const near = vectors.get(351) ?? vectorOf();
    const asked = normal(near.map((x) => x + 0.03 * (random() - 0.5)));
    const found = index.nearest(asked, { limit: 5, visible, read });
    const all = [...vectors]
      .filter(([fact]) => visible(fact))
      .map(([seq, vector]) => ({ seq, score: dot(asked, vector) }));
    const [first] = all.toSorted((a, b) => b.score - a.score);
    expect(found).toHaveLength(5);
    expect(found[0]?.seq).toBe(first?.seq);
    expect(found[0]?.score).toBeCloseTo(first?.score ?? 0, 2);
  }
  expect(index.size).toBe(vectors.size);
});

test("vectors of another length, of zeros, and none at all are no trouble", () => {
  const index = createSignIndex(3);
  const file = new Map<number, Uint8Array>();
  const options = { limit: 5, visible: () => true, read: (fact: number) => file.get(fact) };
  expect(index.nearest(new Float32Array(3), options)).toEqual([]);
  file.set(1, packed(new Float32Array(3))).set(2, packed(new Float32Array([0, 0, 1])));
  for (const [fact, vector] of file) index.set(fact, vector);
  const found = () => index.nearest(new Float32Array([0, 0, 1]), options).map(({ seq }) => seq);
  expect(found()).toEqual([2, 1]);
  // Gone from the file since it was taken in: nothing is said about it.
  file.delete(2);
  expect(found()).toEqual([1]);
});

const ones = (byte: number) => byte.toString(2).replaceAll("0", "").length;
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const normal = (vector: Float32Array) => {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((x) => x / length);
};
