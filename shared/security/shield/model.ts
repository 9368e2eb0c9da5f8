/** The linear model: how much the words of a text are like those of attacks. Trained by bench/security/train.ts. */
import { brotliDecompressSync } from "node:zlib";
import { BUCKETS, featuresOf } from "./features.ts";
import { WEIGHTS } from "./weights.ts";

/** Weights as they are kept: one signed byte for each bucket, in steps of `step`. */
export type Weights = { bias: number; step: number; buckets: Int8Array };

/** How far these words are on the attack's side: above 0 likelier than not. A text with no word known is at the bias. */
export type Model = (words: readonly string[]) => number;

export function createModel({ bias, step, buckets }: Weights = readWeights()): Model {
  return (words) => {
    const features = featuresOf(words);
    let sum = 0;
    for (const feature of features) sum += buckets[feature] ?? 0;
    return bias + (sum * step) / Math.sqrt(Math.max(1, features.length));
  };
}

function readWeights(): Weights {
  const bytes = brotliDecompressSync(Buffer.from(WEIGHTS.brotli, "base64"));
  return { bias: WEIGHTS.bias, step: WEIGHTS.step, buckets: new Int8Array(bytes.buffer, bytes.byteOffset, BUCKETS) };
}

/** The lexicon's words, in order of frequency. */
export function readLexicon(): string {
  return brotliDecompressSync(Buffer.from(WEIGHTS.lexicon, "base64")).toString();
}
