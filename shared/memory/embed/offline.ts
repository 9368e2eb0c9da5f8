/** Vectors without a model or a network: words and their parts, each in a few fixed random places, added up. */
import { analyse, STOP_MARK } from "../language/words.ts";
import { type Embedder, normalised } from "./embedder.ts";
import { gramsOf } from "./grams.ts";

const DIMENSIONS = 384;
/** Dimensions that one part of a word touches: a very sparse random projection (Li, Hastie, Church, KDD 2006). */
const PLACES = 24;
/** What a stop word weighs beside a word that tells something: its share of inverse document frequency, fixed for every corpus. */
const STOP_WEIGHT = 0.15;

/** Deterministic: the same text has the same vector on every machine. It knows words, not what they mean. */
export function createOfflineEmbedder(): Embedder {
  return {
    name: `offline-ngrams-${DIMENSIONS}-v1`,
    dimensions: DIMENSIONS,
    knowsMeaning: false,
    async embed(texts, { signal }) {
      signal.throwIfAborted();
      return texts.map(vectorOf);
    },
  };
}

function vectorOf(text: string): Float32Array {
  const sum = new Float32Array(DIMENSIONS);
  for (const word of analyse(text)) {
    const isStop = word.startsWith(STOP_MARK);
    for (const gram of gramsOf(isStop ? word.slice(1) : word)) addPart(sum, gram, isStop ? STOP_WEIGHT : 1);
  }
  return normalised(sum);
}

/** Adds ± the weight in the places of one part: xorshift32 seeded with its hash (Marsaglia, 2003). */
function addPart(sum: Float32Array, gram: number, weight: number): void {
  let state = gram || 1;
  for (let i = 0; i < PLACES; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const place = (state >>> 1) % DIMENSIONS;
    sum[place] = (sum[place] ?? 0) + (state & 1 ? weight : -weight);
  }
}
