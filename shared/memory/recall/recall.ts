/** Recall: every layer is asked at once, each within its deadline; one order; as much as the budget takes. */
import { type Clock, cut, messageOf, OperationalError, stopWith } from "../../base/index.ts";
import { analyse, telling } from "../language/words.ts";
import { guestOf } from "../layers/fact-rows.ts";
import type { Facts } from "../layers/facts.ts";
import type { Layer, OwnHit } from "../layers/layer.ts";
import type { SharedLayer } from "../layers/shared.ts";
import { CANDIDATES_MAX, LAYER_DEADLINE_MS, RECALL_TOKENS_MAX, RECOLLECTIONS_MAX } from "../limits.ts";
import type { Fact, LayerName, Reader } from "../types.ts";
import { featureNames } from "./features.ts";
import { lineOf, tokensOf } from "./fit.ts";
import { type Proposal, type Ranked, rank } from "./rank.ts";
import type { Shelf } from "./shelf.ts";
import { weights } from "./weights.ts";

/** One fact brought back, with its place in each layer and what counted for it. */
export type Recollection = {
  fact: Fact;
  score: number;
  layers: Partial<Record<LayerName, number>>;
  /** What each feature, and its standing, added to the score. */
  because: Record<string, number>;
  line: string;
};

export type Recall = {
  recollections: Recollection[];
  /** Layers that did not answer, each with the reason: an empty list from them is not an answer. */
  missing: { layer: LayerName; because: string }[];
  tokens: number;
};

export type RecallOptions = {
  reader: Reader;
  /** What was said just before: a question that says little of its own ("And in Berlin?") is asked together with it. */
  topic?: string | undefined;
  tokensMax?: number;
  limit?: number;
  signal?: AbortSignal;
};

export type RecallDeps = {
  /** Facts, vectors, graph: layers whose facts stand on the shelf. */
  layers: readonly (Layer<OwnHit> & { knowsMeaning?: boolean })[];
  /** Layer 5, whose facts other agents may have learned. */
  shared: SharedLayer | undefined;
  facts: Facts;
  shelf: Shelf;
  clock: Clock;
};

/** So many telling words make a question of its own. */
const QUESTION_WORDS_MIN = 4;
const TOPIC_CHARACTERS_MAX = 400;

export function createRecall({ layers, shared, facts, shelf, clock }: RecallDeps) {
  const never = new AbortController().signal;

  return async function recall(said: string, options: RecallOptions): Promise<Recall> {
    const { reader, topic = "", tokensMax = RECALL_TOKENS_MAX, limit = RECOLLECTIONS_MAX, signal = never } = options;
    const saysEnough = topic === "" || telling(analyse(said)).length >= QUESTION_WORDS_MIN;
    const question = saysEnough ? said : `${said}\n${cut(topic, TOPIC_CHARACTERS_MAX)}`;
    if (question.trim() === "") return { recollections: [], missing: [], tokens: 0 };
    const missing: Recall["missing"] = [];
    const deadline = createDeadline(clock, signal);
    const guests = new Map<number, Fact>();
    const ask = async (layer: LayerName, search: (within: AbortSignal) => Promise<Proposal>): Promise<Proposal[]> => {
      try {
        return [await deadline.keep(search(deadline.signal), layer)];
      } catch (error) {
        if (signal.aborted) throw error;
        missing.push({ layer, because: messageOf(error) });
        return [];
      }
    };
    const asked = layers.map((layer) =>
      ask(layer.name, async (within) => {
        const hits = await layer.search(question, { reader, limit: CANDIDATES_MAX, signal: within });
        return { layer: layer.name, seqs: hits.map(({ seq }) => seq), knowsMeaning: layer.knowsMeaning ?? false };
      }),
    );
    if (shared !== undefined) {
      asked.push(
        ask("shared", async (within) => {
          const found = await shared.find(question, { reader, limit: CANDIDATES_MAX, signal: within });
          const own = await facts.seqsOf(found.map(({ id }) => id));
          const seqs = found.map((fact) => {
            const here = own.get(fact.id);
            if (here !== undefined && shelf.has(here)) return here;
            const seq = shelf.host(fact.id, guestOf(fact));
            guests.set(seq, fact);
            return seq;
          });
          return { layer: "shared", seqs, knowsMeaning: false };
        }),
      );
    }
    const proposals = (await Promise.all(asked).finally(deadline.end)).flat();
    signal.throwIfAborted();

    const ranked = rank(question, { proposals, reader, shelf, now: clock.now() });
    const chosen = distinct(ranked, { shelf, limit });
    const own = await facts.at(chosen.map(({ slip }) => slip.seq));
    const recollections: Recollection[] = [];
    let tokens = 0;
    for (const one of chosen) {
      const fact = own.get(one.slip.seq) ?? guests.get(one.slip.seq);
      if (fact === undefined) continue;
      const line = lineOf(fact, question);
      // A shorter one further down may still fit.
      if (tokens + tokensOf(line) > tokensMax) continue;
      tokens += tokensOf(line);
      recollections.push({ fact, score: one.score, layers: one.layers, because: reasons(one), line });
    }
    return { recollections, missing, tokens };
  };
}

/** What says word for word the same as one before it adds nothing to a prompt. Nothing else is dropped: what is alike may be the evidence. */
function distinct(ranked: readonly Ranked[], { shelf, limit }: { shelf: Shelf; limit: number }): Ranked[] {
  const chosen: Ranked[] = [];
  for (const one of ranked) {
    if (chosen.length === limit) break;
    if (!chosen.some(({ slip }) => shelf.isSame(slip, one.slip))) chosen.push(one);
  }
  return chosen;
}

function reasons({ features, standing, score }: Ranked): Record<string, number> {
  const told: Record<string, number> = {};
  let sum = standing;
  for (const [i, name] of featureNames.entries()) {
    const added = weights[name] * (features[i] ?? 0);
    sum += added;
    if (added !== 0) told[name] = added;
  }
  return { ...told, layers: score - sum, standing };
}

/** One deadline for all layers: whoever is late is told to stop, and named in a sentence. */
function createDeadline(clock: Clock, asker: AbortSignal) {
  const stop = new AbortController();
  const leave = stopWith(stop, asker);
  const { signal } = stop;
  const late = clock.sleep(LAYER_DEADLINE_MS, signal);
  late.catch(() => {});
  return {
    signal,
    async keep<Result>(working: Promise<Result>, layer: LayerName): Promise<Result> {
      working.catch(() => {});
      const tooLate = late.then(() => {
        throw new LayerLate(`The ${layer} layer did not answer within ${LAYER_DEADLINE_MS} ms.`);
      });
      tooLate.catch(() => {});
      return Promise.race([working, tooLate]);
    },
    end() {
      leave();
      stop.abort();
    },
  };
}

/** A layer took longer than recall waits. The answer goes on without it and says so. */
export class LayerLate extends OperationalError {
  override readonly name = "LayerLate";
}
