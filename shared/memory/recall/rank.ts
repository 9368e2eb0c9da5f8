/** From what the layers propose to one order, with the reason of every place. */
import { readable } from "../audience.ts";
import { CANDIDATES_MAX } from "../limits.ts";
import type { LayerName, Reader } from "../types.ts";
import { readAsk } from "./ask.ts";
import { createMeasures, type Features, featureNames, freshness } from "./features.ts";
import { isRecallable, type Shelf, type Slip } from "./shelf.ts";
import { layerWeight, RANK_SHIFT, standingWeights, weights } from "./weights.ts";

/** Proposals that are measured in full: the likeliest by their own words. */
const MEASURED_MAX = 80;
/** The first of them, whose neighbours are measured too. */
const ACCOMPANIED_MAX = 40;

const featureWeights = featureNames.map((name) => weights[name]);

/** What one layer proposed, best first. `knowsMeaning`: its order says more than shared words do. */
export type Proposal = { layer: LayerName; ids: readonly string[]; knowsMeaning: boolean };

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
  const mayRead = readable(reader);
  const visible = (slip: Slip) => isRecallable(slip) && mayRead(slip.audience);
  const measures = createMeasures(ask, { shelf, visible });

  const proposed = new Map<Slip, Proposed>();
  for (const { layer, ids, knowsMeaning } of proposals) {
    const most = shareOf(layer, knowsMeaning);
    let place = 0;
    for (const id of ids.slice(0, CANDIDATES_MAX)) {
      const slip = shelf.byId(id);
      if (slip === undefined || !visible(slip)) continue;
      place++;
      const known = proposed.get(slip) ?? { layers: {}, agreement: 0 };
      known.layers[layer] = place;
      known.agreement += most * (RANK_SHIFT / (RANK_SHIFT + place));
      proposed.set(slip, known);
    }
  }
  const likeliest = [...proposed]
    .map(([slip, { agreement }]) => ({
      slip,
      promise: weights.alike * measures.alike(slip) + weights.covers * measures.covers(slip) + agreement,
    }))
    .sort((a, b) => b.promise - a.promise)
    .slice(0, MEASURED_MAX);
  const candidates = new Set(likeliest.map(({ slip }) => slip));
  for (const { slip } of likeliest.slice(0, ACCOMPANIED_MAX))
    for (const neighbour of measures.around(slip)) candidates.add(neighbour);

  const byEpisode = episodeWeights(candidates, measures.covers);
  const ranked = Array.from(candidates, (slip): Ranked => {
    const { layers, agreement } = proposed.get(slip) ?? beside;
    const features = measures.of(slip, byEpisode.get(slip.episode ?? -1) ?? 0);
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
function episodeWeights(candidates: ReadonlySet<Slip>, covers: (slip: Slip) => number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const slip of candidates) {
    if (slip.episode !== null) sums.set(slip.episode, (sums.get(slip.episode) ?? 0) + covers(slip) ** 2);
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
    (slip.kind === "insight" ? standingWeights.insight : 0) +
    (slip.standing === "archived" ? standingWeights.archived : 0)
  );
}
