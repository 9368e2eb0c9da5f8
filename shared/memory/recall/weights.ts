/** What each feature counts for. */
import type { FeatureName } from "./features.ts";

/**
 * A linear listwise model over the features, rounded. Learned on the questions of the dev halves of two public sets, and
 * measured on those same halves (bench/README.md): turns between two people, the same turns in pages of eight, Russian
 * sentences. What speaks for other data is that leaving each conversation out in turn gave nearly the same figures.
 */
export const weights: Readonly<Record<FeatureName, number>> = {
  covers: 3.5,
  coversAround: 4.9,
  alike: 6.1,
  alikeAround: 1.7,
  answers: 3.6,
  order: 1,
  episode: 1.6,
  speaker: 1,
  asks: -0.85,
  tellsTime: 1.75,
  tellsNumber: 1.45,
  saidThen: 4.3,
  meansThen: 1.8,
  length: 0.7,
};

/**
 * What a layer's own order adds at most, by reciprocal rank. Layers that compare words add nothing: what they know the
 * features say better. An embedder that knows meaning, the graph and what others learned know something else.
 */
export const layerWeight = { words: 0, meaning: 4, graph: 0.3, shared: 0.5 } as const;
/** The constant of reciprocal rank fusion: Cormack, Clarke, Büttcher, SIGIR 2009. */
export const RANK_SHIFT = 60;

/** Standing decides between facts that fit the question alike; it never outweighs what the question asks for. */
export const standingWeights = {
  /** Used a moment ago, against never again. */
  freshness: 0.3,
  /** Certain, against a guess. */
  confidence: 0.3,
  /** It no longer holds: findable as history, behind what holds. */
  ended: -1,
  /** An insight repeats what the facts it stands on say better. */
  insight: -2,
  /** Put away as stale. */
  archived: -0.5,
} as const;
