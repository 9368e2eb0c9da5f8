/** Memory layer 3, vectors: an index inside `agent.db`. The signs of all vectors, in memory, sift; the vectors in steps of 1/127 decide. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { readable } from "../audience.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact } from "../types.ts";
import type { LayerHit } from "./layer.ts";
import { createPacked } from "./packed-vectors.ts";
import type { VectorLayer } from "./vector-layer.ts";

/** Texts that one call of the embedder takes. */
const BATCH = 64;

export type VectorOptions = { db: Database; atomic: Atomic; embedder: Embedder; shelf: Shelf };

/** The embedded index. Vectors of another embedder stay unread until they are made again. */
export function createVectors({ db, atomic: { read, write }, embedder, shelf }: VectorOptions): VectorLayer {
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const set = db.prepare<[number, string, Buffer]>(
    "INSERT OR REPLACE INTO vectors (fact, embedder, vector) VALUES (?, ?, ?)",
  );
  const all = db.prepare<[string], { fact: number; vector: Buffer }>(
    "SELECT fact, vector FROM vectors WHERE embedder = ? ORDER BY fact",
  );
  const remove = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const removeAll = db.prepare<[string]>("DELETE FROM vectors WHERE embedder = ?");
  const without = db
    .prepare<[string, number], string>(`
    SELECT facts.id FROM facts LEFT JOIN vectors ON vectors.fact = facts.seq AND vectors.embedder = ?
    WHERE vectors.fact IS NULL AND standing IN ('active', 'archived') ORDER BY seq LIMIT ?
  `)
    .pluck();

  const packed = createPacked(embedder.dimensions);
  let isLoaded = false;
  const load = () => {
    if (isLoaded) return;
    for (const { fact, vector } of all.iterate(embedder.name)) packed.set(fact, floats(vector));
    isLoaded = true;
  };

  const search = read((vector: Float32Array, limit: number, visible: (seq: number) => boolean): LayerHit[] => {
    load();
    return packed.nearest(vector, { limit, visible }).flatMap(({ fact, score }) => {
      const id = shelf.get(fact)?.id;
      return id === undefined ? [] : [{ id, score }];
    });
  });
  const put = write((facts: readonly Fact[], vectors: readonly Float32Array[]) => {
    load();
    for (const [i, { id }] of facts.entries()) {
      const seq = seqOf.get(id);
      const vector = vectors[i];
      if (seq === undefined || vector === undefined) continue;
      set.run(seq, embedder.name, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
      packed.set(seq, vector);
    }
  });

  return {
    name: "vectors",
    async search(question, { reader, limit, signal }) {
      const [vector] = await embedder.embed([question], { signal });
      if (vector === undefined || isZero(vector)) return [];
      const mayRead = readable(reader);
      return search(vector, limit, (seq) => {
        const slip = shelf.get(seq);
        return (
          slip !== undefined && (slip.standing === "active" || slip.standing === "archived") && mayRead(slip.audience)
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
        packed.remove(seq);
      }
    }),
    empty: write(() => {
      removeAll.run(embedder.name);
      packed.clear();
    }),
    reload() {
      packed.clear();
      isLoaded = false;
    },
    missing: read((limit: number) => without.all(embedder.name, limit)),
  };
}

function floats(buffer: Buffer): Float32Array {
  // The copy is aligned, which a view into SQLite's buffer need not be.
  return new Float32Array(new Uint8Array(buffer).buffer);
}

function isZero(vector: Float32Array): boolean {
  return vector.every((x) => x === 0);
}
