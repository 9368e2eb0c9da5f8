/** From what the layers propose to one order, with the reason of every place. */
import { CANDIDATES_MAX } from "../limits.ts";
import type { LayerName, Reader } from "../types.ts";
import { readAsk } from "./ask.ts";
import { type Candidate, createMeasures, type Features, featureNames, freshness } from "./features.ts";
import type { Shelf, Slip } from "./shelf.ts";
import { layerWeight, RANK_SHIFT, standingWeights, weights } from "./weights.ts";

/** Proposals that are measured in full: the likeliest by their own words. */
const MEASURED_MAX = 80;
/** The first of them, whose neighbours are measured too. */
const ACCOMPANIED_MAX = 40;

const featureWeights = featureNames.map((name) => weights[name]);

/** What one layer proposed, best first. `knowsMeaning`: its order says more than shared words do. */
export type Proposal = { layer: LayerName; seqs: readonly number[]; knowsMeaning: boolean };

export type Ranked = {
  slip: Slip;
  score: number;
  /** The place in each layer that proposed it, from 1; empty for a neighbour that none did. */
  layers: Partial<Record<LayerName, number>>;
  features: Features;
  standing: number;
};

/** All candidates and what stands around them, the likeliest first. */
export function rank(
  question: string,
  { proposals, reader, shelf, now }: { proposals: readonly Proposal[]; reader: Reader; shelf: Shelf; now: number },
): Ranked[] {
  const ask = readAsk(question, { shelf, now });
  const measures = createMeasures(ask, { shelf, isFindable: shelf.findableBy(reader) });

  const proposed = new Map<Candidate, Proposed>();
  for (const { layer, seqs, knowsMeaning } of proposals) {
    const most = shareOf(layer, knowsMeaning);
    let place = 0;
    for (const seq of seqs.slice(0, CANDIDATES_MAX)) {
      const candidate = measures.candidate(seq);
      if (candidate === undefined) continue;
      place++;
      const known = proposed.get(candidate) ?? { layers: {}, agreement: 0 };
      known.layers[layer] = place;
      known.agreement += most * (RANK_SHIFT / (RANK_SHIFT + place));
      proposed.set(candidate, known);
    }
  }
  const likeliest = [...proposed]
    .map(([candidate, { agreement }]) => ({
      candidate,
      promise: weights.alike * measures.alike(candidate) + weights.covers * candidate.covers + agreement,
    }))
    .sort((a, b) => b.promise - a.promise)
    .slice(0, MEASURED_MAX);
  const candidates = new Set(likeliest.map(({ candidate }) => candidate));
  for (const { candidate } of likeliest.slice(0, ACCOMPANIED_MAX))
    for (const neighbour of measures.around(candidate)) candidates.add(neighbour);

  const byEpisode = episodeWeights(candidates);
  const ranked = Array.from(candidates, (candidate): Ranked => {
    const { slip } = candidate;
    const { layers, agreement } = proposed.get(candidate) ?? beside;
    const features = measures.of(candidate, byEpisode.get(slip.episode ?? -1) ?? 0);
    const standing = standingOf(slip, now);
    let score = standing + agreement;
    for (let i = 0; i < featureWeights.length; i++) score += (featureWeights[i] ?? 0) * (features[i] ?? 0);
    return { slip, score, layers, features, standing };
  });
  return ranked.sort((a, b) => b.score - a.score || b.slip.at - a.slip.at || b.slip.seq - a.slip.seq);
}

/** In which place each layer proposed a fact, and what that adds. */
type Proposed = { layers: Partial<Record<LayerName, number>>; agreement: number };
/** A neighbour that no layer proposed. */
const beside: Proposed = { layers: {}, agreement: 0 };

function shareOf(layer: LayerName, knowsMeaning: boolean): number {
  if (knowsMeaning) return layerWeight.meaning;
  return layer === "graph" || layer === "shared" ? layerWeight[layer] : layerWeight.words;
}

/** How much each episode has of the question, against the one that has most: evidence comes in company. */
function episodeWeights(candidates: ReadonlySet<Candidate>): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { slip, covers } of candidates) {
    if (slip.episode !== null) sums.set(slip.episode, (sums.get(slip.episode) ?? 0) + covers ** 2);
  }
  let most = 0;
  for (const sum of sums.values()) most = Math.max(most, sum);
  return new Map([...sums].map(([episode, sum]) => [episode, most === 0 ? 0 : sum / most]));
}

/** Monotone in every part: fresher, surer, still valid is never worse. */
function standingOf(slip: Slip, now: number): number {
  return (
    standingWeights.freshness * freshness(slip.usedAt, now) +
    standingWeights.confidence * slip.confidence +
    (slip.validTo !== null && slip.validTo <= now ? standingWeights.ended : 0) +
    (slip.isInsight ? standingWeights.insight : 0) +
    (slip.standing === "archived" ? standingWeights.archived : 0)
  );
}
