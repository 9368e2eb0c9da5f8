/** The memory of one agent: its own database, one store a layer, and recall over all of them. Nobody else writes it. */
import { assert, type Clock, type Random, systemRandom } from "../base/index.ts";
import { atomic, type Durability, migrate, openDatabase, type Patience } from "../sqlite/index.ts";
import { type Consolidation, createConsolidation } from "./consolidate/consolidate.ts";
import { type Correct, createCorrect } from "./correct.ts";
import type { Embedder } from "./embed/embedder.ts";
import { createOfflineEmbedder } from "./embed/offline.ts";
import { createExtraction, type Extraction } from "./extract/extract.ts";
import type { Extractor } from "./extract/extractor.ts";
import { ruleExtractor } from "./extract/rules.ts";
import { createForget, type Forget } from "./forget.ts";
import { createHistories, type Histories } from "./history.ts";
import { createFacts, type Facts } from "./layers/facts.ts";
import { createGraph, type Graph } from "./layers/graph.ts";
import { createKeepFact } from "./layers/keep-facts.ts";
import { type Layer, type OwnHit, withIds } from "./layers/layer.ts";
import { createQdrantVectors, type QdrantSettings } from "./layers/qdrant-vectors.ts";
import { createAddEntry, createSessions, type Sessions } from "./layers/sessions.ts";
import type { SharedLayer } from "./layers/shared.ts";
import { createUses } from "./layers/uses.ts";
import { createVectors } from "./layers/vectors.ts";
import { migrations } from "./migrations/index.ts";
import { createMoving, type Moving } from "./moving/moving.ts";
import { createPersonModel, type PersonModel } from "./person-model.ts";
import { createKeepCurrent } from "./recall/keep-current.ts";
import { createRecall, type Recall, type RecallOptions } from "./recall/recall.ts";
import { createShelf } from "./recall/shelf.ts";
import { createRelease, type Release } from "./release.ts";
import { createRemember, type Remember, type Unsettled } from "./remember.ts";
import { createTakeIn } from "./take-in.ts";
import type { LayerName, Reader } from "./types.ts";

export interface Memory extends Forget, Correct, Release, Consolidation, Histories {
  /** Layer 1: what was said, word for word. */
  readonly sessions: Sessions;
  /** Layer 2: the facts themselves. */
  readonly facts: Facts;
  /** Layer 4: who and what they speak of. */
  readonly graph: Graph;
  /** What is supposed of people. */
  readonly model: PersonModel;
  /** Out of this home and into it, as lines. */
  readonly moving: Moving;
  /** The facts that a question needs, from all layers, best first. */
  recall(question: string, options: RecallOptions): Promise<Recall>;
  /** Keeps a turn, and queues it for extraction. */
  readonly remember: Remember;
  /** Turns whose answer is on its way to another store. */
  readonly unsettled: Unsettled;
  /** The queue that draws facts from what was said. */
  readonly extraction: Extraction;
  /** Brings vectors and graph up to date for at most so many facts; returns how many it took in. */
  index(limit: number, signal: AbortSignal): Promise<number>;
  /** One layer alone, for whoever compares them. */
  layer(name: LayerName): Layer;
  /** Takes everything of this agent out of the store of vectors, after it was moved to another one. */
  emptyVectors(): Promise<void>;
  close(): void;
}

export type MemoryOptions = {
  path: string;
  clock: Clock;
  random?: Random;
  durability?: Durability;
  /** For whoever only looks, beside the agent that writes: the file must be there and up to date. */
  readonly?: boolean;
  /** Waits out a full disk; without it what cannot be written rejects. */
  patience?: Patience | undefined;
  /** Words and their parts unless another one is given. */
  embedder?: Embedder;
  /** Vectors on a Qdrant server; without it they stand in `agent.db`. */
  qdrant?: QdrantSettings;
  /** Rules unless a model is given (`createModelExtractor`). */
  extractor?: Extractor;
  /** Layer 5; without it the agent remembers for itself alone. */
  shared?: SharedLayer;
};

/** A probe of consolidation is answered when its fact is among so many. */
const PROBE_RANK_MAX = 10;

/** Opens, creates and migrates `agent.db`. Throws DatabaseUnusable or SchemaMismatch with the next step. */
export async function openMemory({
  path,
  clock,
  random = systemRandom,
  durability = "full",
  readonly = false,
  patience,
  embedder = createOfflineEmbedder(),
  qdrant,
  extractor = ruleExtractor,
  shared,
}: MemoryOptions): Promise<Memory> {
  const db = openDatabase(path, { durability, readonly });
  try {
    if (!readonly) await migrate(db, { what: `The memory ${path}`, migrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const steps = atomic(db, { clock, random, patience });
  const shelf = createShelf();

  const keepFact = createKeepFact(db, { clock, random });
  const addEntry = createAddEntry(db, clock);
  const uses = createUses({ db, atomic: steps, clock, shelf });
  const common = { db, atomic: steps, clock, shelf, keepFact, uses };
  const facts = createFacts(common);
  const forVectors = { db, atomic: steps, embedder, shelf };
  const vectors =
    qdrant === undefined ? createVectors(forVectors) : createQdrantVectors({ ...forVectors, settings: qdrant });
  const graph = createGraph({ db, atomic: steps });
  const takeIn = createTakeIn({ shared, graph, vectors });
  const keepCurrent = createKeepCurrent(db, { shelf, onOthers: vectors.reload });
  // Whoever only looks may not ask for anything: then filling the shelf is not worth its time.
  if (!readonly) keepCurrent();
  // Keeping a fact writes its full text in the same transaction, so there is nothing left to put.
  const text: Layer<OwnHit> = { name: "facts", search: facts.search, put: async () => {}, forget: facts.unindex };
  const layers = [text, vectors, graph].map((layer) => withIds(layer, facts.idsOf));

  const asked = [text, { ...vectors, knowsMeaning: embedder.knowsMeaning }, graph];
  const rankedRecall = createRecall({ layers: asked, shared, facts, shelf, clock });
  const recall: Memory["recall"] = async (question, options) => {
    keepCurrent();
    return rankedRecall(question, options);
  };
  const find = async (question: string, reader: Reader) =>
    (await recall(question, { reader, limit: PROBE_RANK_MAX })).recollections.map(({ fact }) => fact.id);

  return {
    sessions: createSessions(db, steps, { addEntry, clock }),
    facts,
    graph: withIds(graph, facts.idsOf),
    model: createPersonModel(db, steps, clock),
    moving: createMoving(common),
    recall,
    ...createRemember({ ...common, addEntry }),
    extraction: createExtraction({
      ...common,
      extractor,
      intoGraph: graph.takeWithin,
      takeIn,
    }),
    ...createCorrect({ ...common, takeIn, shared }),
    ...createRelease({ ...common, takeIn }),
    ...createHistories(db, steps),
    ...createConsolidation({ ...common, find, shared }),
    ...createForget({ ...common, layers, shared }),
    async index(limit, signal) {
      const missing = await facts.many(await vectors.missing(limit));
      await graph.put(missing, { signal });
      await vectors.put(missing, { signal });
      return missing.length;
    },
    layer(name) {
      const layer = layers.find((one) => one.name === name);
      assert(layer, `the layer ${name} is one of this memory`);
      return layer;
    },
    emptyVectors: vectors.empty,
    close: () => void db.close(),
  };
}
