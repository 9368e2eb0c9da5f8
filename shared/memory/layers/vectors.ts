/** Memory layer 3, vectors: they stand in `agent.db`, a byte a dimension; in memory are only their signs. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact } from "../types.ts";
import { packed, packedBytesOf } from "./packed-vectors.ts";
import { createSignIndex } from "./sign-index.ts";
import { missingIn, type VectorLayer } from "./vector-layer.ts";

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
  const count = db.prepare<[string], number>("SELECT count(*) FROM vectors WHERE embedder = ?").pluck();
  const written = db.prepare<[string], number>("SELECT fact FROM vectors WHERE embedder = ?").pluck();
  const one = db
    .prepare<[number, string], Buffer>("SELECT vector FROM vectors WHERE fact = ? AND embedder = ?")
    .pluck();
  const remove = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const removeAll = db.prepare<[string]>("DELETE FROM vectors WHERE embedder = ?");
  const missing = missingIn(db, embedder.name);

  const index = createSignIndex(embedder.dimensions);
  const vectorOf = (fact: number) => {
    const vector = one.get(fact, embedder.name);
    return vector && asPacked(vector, embedder.dimensions);
  };
  let isCurrent = false;
  let newest = 0;
  const bringUpToDate = () => {
    isCurrent = true;
    for (let rows = [] as [number, Buffer][]; ; ) {
      rows = all.all(newest, embedder.name, LOADED_AT_ONCE);
      for (const [fact, vector] of rows) index.set(fact, asPacked(vector, embedder.dimensions));
      newest = rows.at(-1)?.[0] ?? newest;
      if (rows.length < LOADED_AT_ONCE) break;
    }
    // A vector that was made later than those of younger facts is looked for only when one is missing.
    if (count.get(embedder.name) === index.size) return;
    for (const fact of written.all(embedder.name)) {
      const vector = index.has(fact) ? undefined : vectorOf(fact);
      if (vector !== undefined) index.set(fact, vector);
    }
  };
  const load = read(bringUpToDate);
  const clear = () => {
    index.clear();
    newest = 0;
  };

  const nearest = read((vector: Float32Array, limit: number, visible: (fact: number) => boolean) =>
    index.nearest(vector, { limit, visible, read: vectorOf }),
  );

  const put = write((facts: readonly Fact[], vectors: readonly Float32Array[]) => {
    if (!isCurrent) bringUpToDate();
    for (const [i, { id }] of facts.entries()) {
      const seq = seqOf.get(id);
      const vector = vectors[i];
      if (seq === undefined || vector === undefined) continue;
      const small = packed(vector);
      set.run(seq, embedder.name, Buffer.from(small.buffer));
      index.set(seq, small);
      newest = Math.max(newest, seq);
    }
  });

  return {
    name: "vectors",
    async search(question, { reader, limit, signal }) {
      const [vector] = await embedder.embed([question], { signal });
      if (vector === undefined || isZero(vector)) return [];
      if (!isCurrent) await load();
      return nearest(vector, limit, shelf.findableBy(reader));
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
      clear();
    }),
    reload(since) {
      if (since === "changed") clear();
      isCurrent = false;
    },
    missing: read(missing),
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
