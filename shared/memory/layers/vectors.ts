/** Memory layer 3, vectors: an index inside `agent.db`. Signs of all vectors in memory sift, the exact ones on disk decide. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { mayRead } from "../audience.ts";
import { cosine, type Embedder } from "../embed/embedder.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact } from "../types.ts";
import type { Layer, LayerHit } from "./layer.ts";

/** Vectors compared exactly for each one asked for: with signs of 384 dimensions the true nearest are among these. */
const SIFTED_PER_HIT = 4;
/** Texts that one call of the embedder takes. */
const BATCH = 64;

export type VectorLayer = Layer & {
  /** Facts that have no vector of the current embedder yet. */
  missing(limit: number): Promise<string[]>;
  /** The signs, for whoever measures memory: bytes. */
  readonly signBytes: number;
};

export type VectorOptions = { db: Database; atomic: Atomic; embedder: Embedder; shelf: Shelf };

/** The embedded index. Vectors of another embedder stay unread until they are made again. */
export function createVectors({ db, atomic: { read, write }, embedder, shelf }: VectorOptions): VectorLayer {
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const set = db.prepare<[number, string, Buffer]>(
    "INSERT OR REPLACE INTO vectors (fact, embedder, vector) VALUES (?, ?, ?)",
  );
  const vectorOf = db.prepare<[number], Buffer>("SELECT vector FROM vectors WHERE fact = ?").pluck();
  const all = db.prepare<[string], { fact: number; vector: Buffer }>(
    "SELECT fact, vector FROM vectors WHERE embedder = ? ORDER BY fact",
  );
  const remove = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const without = db
    .prepare<[string, number], string>(`
    SELECT facts.id FROM facts LEFT JOIN vectors ON vectors.fact = facts.seq AND vectors.embedder = ?
    WHERE vectors.fact IS NULL AND standing IN ('active', 'archived') ORDER BY seq LIMIT ?
  `)
    .pluck();

  const signs = createSigns(embedder.dimensions);
  let isLoaded = false;
  const load = () => {
    if (isLoaded) return;
    for (const { fact, vector } of all.iterate(embedder.name)) signs.set(fact, floats(vector));
    isLoaded = true;
  };

  const search = read((vector: Float32Array, limit: number, visible: (seq: number) => boolean): LayerHit[] => {
    load();
    return signs
      .nearest(vector, limit * SIFTED_PER_HIT, visible)
      .flatMap((seq) => {
        const stored = vectorOf.get(seq);
        const id = shelf.get(seq)?.id;
        return stored === undefined || id === undefined ? [] : [{ id, score: cosine(vector, floats(stored)) }];
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);
  });
  const put = write((facts: readonly Fact[], vectors: readonly Float32Array[]) => {
    load();
    for (const [i, { id }] of facts.entries()) {
      const seq = seqOf.get(id);
      const vector = vectors[i];
      if (seq === undefined || vector === undefined) continue;
      set.run(seq, embedder.name, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
      signs.set(seq, vector);
    }
  });

  return {
    name: "vectors",
    async search(question, { reader, limit, signal }) {
      const [vector] = await embedder.embed([question], { signal });
      if (vector === undefined || isZero(vector)) return [];
      return search(vector, limit, (seq) => {
        const slip = shelf.get(seq);
        return (
          slip !== undefined &&
          (slip.standing === "active" || slip.standing === "archived") &&
          mayRead(reader, slip.audience)
        );
      });
    },
    async put(facts, { signal }) {
      for (let i = 0; i < facts.length; i += BATCH) {
        const batch = facts.slice(i, i + BATCH);
        await put(
          batch,
          await embedder.embed(
            batch.map(({ text }) => text),
            { signal },
          ),
        );
      }
    },
    forget: write((ids: readonly string[]) => {
      for (const id of ids) {
        const seq = seqOf.get(id);
        if (seq === undefined) continue;
        remove.run(seq);
        signs.remove(seq);
      }
    }),
    missing: read((limit: number) => without.all(embedder.name, limit)),
    get signBytes() {
      return signs.bytes;
    },
  };
}

/** One bit a dimension of every vector, in one array: 100,000 vectors of 384 dimensions are 4.8 MB and 1.2 million words to compare. */
function createSigns(dimensions: number) {
  const width = Math.ceil(dimensions / 32);
  let bits = new Uint32Array(width * 256);
  let facts = new Int32Array(256);
  let filled = 0;
  const places = new Map<number, number>();
  const signsOf = (vector: Float32Array) => {
    const packed = new Uint32Array(width);
    for (let i = 0; i < dimensions; i++)
      if ((vector[i] ?? 0) > 0) packed[i >>> 5] = (packed[i >>> 5] ?? 0) | (1 << (i & 31));
    return packed;
  };
  return {
    get bytes() {
      return bits.byteLength + facts.byteLength;
    },
    set(fact: number, vector: Float32Array) {
      let place = places.get(fact);
      if (place === undefined) {
        if (filled === facts.length) {
          const more = new Uint32Array(bits.length * 2);
          more.set(bits);
          bits = more;
          const moreFacts = new Int32Array(facts.length * 2);
          moreFacts.set(facts);
          facts = moreFacts;
        }
        place = filled++;
        places.set(fact, place);
      }
      facts[place] = fact;
      bits.set(signsOf(vector), place * width);
    },
    /** The last one takes the place of the one that goes. */
    remove(fact: number) {
      const place = places.get(fact);
      if (place === undefined) return;
      places.delete(fact);
      const last = --filled;
      if (place === last) return;
      bits.copyWithin(place * width, last * width, (last + 1) * width);
      const moved = facts[last] ?? 0;
      facts[place] = moved;
      places.set(moved, place);
    },
    /** The `limit` facts whose signs differ least, by counting: a histogram of distances, then one pass that takes the nearest. */
    nearest(vector: Float32Array, limit: number, visible: (fact: number) => boolean): number[] {
      const asked = signsOf(vector);
      const distances = new Uint16Array(filled);
      const histogram = new Uint32Array(width * 32 + 1);
      for (let place = 0, at = 0; place < filled; place++) {
        let distance = 0;
        for (let i = 0; i < width; i++, at++) distance += ones((bits[at] ?? 0) ^ (asked[i] ?? 0));
        distances[place] = distance;
        histogram[distance] = (histogram[distance] ?? 0) + 1;
      }
      const order: number[] = [];
      let within = 0;
      for (let distance = 0, next = 0; distance < histogram.length && order.length < limit; distance++) {
        within += histogram[distance] ?? 0;
        // Several distances are gathered in one pass over all, so that few passes are needed.
        if (within < limit && distance < histogram.length - 1) continue;
        const ring: { fact: number; distance: number }[] = [];
        for (let place = 0; place < filled; place++) {
          const d = distances[place] ?? 0;
          if (d < next || d > distance) continue;
          const fact = facts[place] ?? 0;
          if (visible(fact)) ring.push({ fact, distance: d });
        }
        ring.sort((a, b) => a.distance - b.distance);
        for (const { fact } of ring) order.push(fact);
        next = distance + 1;
        within = order.length;
      }
      return order.slice(0, limit);
    },
  };
}

/** The number of ones in 32 bits: Hacker's Delight, 5-1. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function floats(buffer: Buffer): Float32Array {
  // The copy is aligned, which a view into SQLite's buffer need not be.
  return new Float32Array(new Uint8Array(buffer).buffer);
}

function isZero(vector: Float32Array): boolean {
  return vector.every((x) => x === 0);
}
