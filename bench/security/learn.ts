/** Logistic regression over hashed features, trained by AdaGrad: small, fast, the same result each time. */
import { type Random, seeded } from "../../shared/base/index.ts";
import { BUCKETS, type Weights } from "../../shared/security/index.ts";

/** `weight` says how much one example counts. */
export type Lesson = { features: Uint32Array; attack: boolean; weight: number };

const EPOCHS = 12;
const RATE = 0.5;
const BIAS_RATE = 0.02;
/** AdaGrad's memory at the start; larger means a calmer beginning. */
const CALM = 0.01;
/** Pulls every weight towards nothing, so that no single set is learnt by heart. */
const DECAY = 3e-4;

export function learn(lessons: readonly Lesson[]): Weights {
  const weights = new Float32Array(BUCKETS);
  const memory = new Float32Array(BUCKETS).fill(CALM);
  const random = seeded(7);
  const order = lessons.map((_, at) => at);
  let bias = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const lesson = lessons[at];
      if (lesson === undefined) continue;
      const scale = 1 / Math.sqrt(Math.max(1, lesson.features.length));
      let logit = bias;
      for (const bucket of lesson.features) logit += (weights[bucket] ?? 0) * scale;
      const error = (1 / (1 + Math.exp(-logit)) - (lesson.attack ? 1 : 0)) * lesson.weight;
      bias -= BIAS_RATE * error;
      for (const bucket of lesson.features) {
        const weight = weights[bucket] ?? 0;
        const gradient = error * scale + DECAY * weight;
        const seen = (memory[bucket] ?? 0) + gradient * gradient;
        memory[bucket] = seen;
        weights[bucket] = weight - (RATE * gradient) / Math.sqrt(seen);
      }
    }
  }
  return quantise(weights, bias);
}

/** One signed byte each; what is too small to matter becomes nothing, so that the file stays small. */
function quantise(weights: Float32Array, bias: number): Weights {
  const sizes = [...weights].map(Math.abs).sort((one, other) => one - other);
  // The few largest are capped: they would take the precision of all others.
  const step = (sizes[Math.floor(sizes.length * 0.9995)] ?? 1) / 127;
  const buckets = Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / step))));
  return { bias, step, buckets };
}

function shuffle(order: number[], next: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
}
