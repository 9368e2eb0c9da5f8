/** Memory layer 3, vectors: an index inside `agent.db`. The signs of all vectors, in memory, sift; the vectors in steps of 1/127 decide. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { readable } from "../audience.ts";
import type { Embedder } from "../embed/embedder.ts";
import { isRecallable, type Shelf } from "../recall/shelf.ts";
import type { Fact } from "../types.ts";
import { createPacked, packed, packedBytesOf } from "./packed-vectors.ts";
import type { VectorLayer } from "./vector-layer.ts";

/** Texts that one call of the embedder takes. */
const BATCH = 64;
/** Vectors that are read from the file at once. */
const LOADED_AT_ONCE = 1_000;

export type VectorOptions = { db: Database; atomic: Atomic; embedder: Embedder; shelf: Shelf };

/** The embedded index. Vectors of another embedder stay unread until they are made again. */
export function createVectors({ db, atomic: { read, write }, embedder, shelf }: VectorOptions): VectorLayer {
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const set = db.prepare<[number, string, Buffer]>(
    "INSERT OR REPLACE INTO vectors (fact, embedder, vector) VALUES (?, ?, ?)",
  );
  // Through the table and not through the index: all of them, in the order in which they stand in the file.
  const all = db
    .prepare<[number, string, number], [number, Buffer]>(
      "SELECT fact, vector FROM vectors NOT INDEXED WHERE fact > ? AND embedder = ? ORDER BY fact LIMIT ?",
    )
    .raw();
  const written = db.prepare<[string], number>("SELECT fact FROM vectors WHERE embedder = ?").pluck();
  const one = db.prepare<[number], Buffer>("SELECT vector FROM vectors WHERE fact = ?").pluck();
  const remove = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const removeAll = db.prepare<[string]>("DELETE FROM vectors WHERE embedder = ?");
  const without = db
    .prepare<[string, number], string>(`
    SELECT facts.id FROM facts LEFT JOIN vectors ON vectors.fact = facts.seq AND vectors.embedder = ?
    WHERE vectors.fact IS NULL AND standing IN ('active', 'archived') ORDER BY seq LIMIT ?
  `)
    .pluck();

  const index = createPacked(embedder.dimensions);
  let isCurrent = false;
  const bringUpToDate = () => {
    isCurrent = true;
    if (index.size > 0) {
      for (const fact of written.all(embedder.name)) {
        const vector = index.has(fact) ? undefined : one.get(fact);
        if (vector !== undefined) index.set(fact, asPacked(vector, embedder.dimensions));
      }
      return;
    }
    for (let from = 0, rows = []; ; from = rows.at(-1)?.[0] ?? from) {
      rows = all.all(from, embedder.name, LOADED_AT_ONCE);
      for (const [fact, vector] of rows) index.set(fact, asPacked(vector, embedder.dimensions));
      if (rows.length < LOADED_AT_ONCE) return;
    }
  };
  const load = read(bringUpToDate);

  const put = write((facts: readonly Fact[], vectors: readonly Float32Array[]) => {
    if (!isCurrent) bringUpToDate();
    for (const [i, { id }] of facts.entries()) {
      const seq = seqOf.get(id);
      const vector = vectors[i];
      if (seq === undefined || vector === undefined) continue;
      const small = packed(vector);
      set.run(seq, embedder.name, Buffer.from(small.buffer));
      index.set(seq, small);
    }
  });

  return {
    name: "vectors",
    async search(question, { reader, limit, signal }) {
      const [vector] = await embedder.embed([question], { signal });
      if (vector === undefined || isZero(vector)) return [];
      if (!isCurrent) await load();
      const mayRead = readable(reader);
      const visible = (seq: number) => {
        const slip = shelf.get(seq);
        return slip !== undefined && isRecallable(slip) && mayRead(slip.audience);
      };
      return index.nearest(vector, { limit, visible }).flatMap(({ fact, score }) => {
        const id = shelf.get(fact)?.id;
        return id === undefined ? [] : [{ id, score }];
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
        index.remove(seq);
      }
    }),
    empty: write(() => {
      removeAll.run(embedder.name);
      index.clear();
    }),
    reload(since) {
      if (since === "changed") index.clear();
      isCurrent = false;
    },
    missing: read((limit: number) => without.all(embedder.name, limit)),
  };
}

/** Homes of before hold 32-bit floats; they are packed as they are read. */
function asPacked(vector: Buffer, dimensions: number): Uint8Array {
  if (vector.byteLength === packedBytesOf(dimensions)) return vector;
  // The copy is aligned, which a view into SQLite's buffer need not be.
  return packed(new Float32Array(new Uint8Array(vector).buffer));
}

function isZero(vector: Float32Array): boolean {
  return vector.every((x) => x === 0);
}
