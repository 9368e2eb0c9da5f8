/** An embedder whose calls are paid for before they are made. */
import { OperationalError } from "../../base/index.ts";
import type { Embedder } from "./embedder.ts";

/** Makes the call when this many dollars may be spent on it at worst; `costUsd` is what it is taken to have cost, `tokens` what it read. */
export type Pay = <Value>(
  worstUsd: number,
  cost: { tokens: number; costUsd: number; by: string },
  call: () => Promise<Value>,
) => Promise<{ paid: true; value: Value } | { paid: false; because: string }>;

/** A cap on money leaves no room for the vectors of a text. */
export class VectorsTooDear extends OperationalError {
  override readonly name = "VectorsTooDear";
}

/** About so many characters make a token; at worst each character is one. */
const CHARACTERS_PER_TOKEN = 3.5;

/** The same vectors, each batch through `pay`. Rejects with VectorsTooDear where that refuses; recall then does without. */
export function meteredEmbedder(embedder: Embedder, usdPerM: number, pay: Pay): Embedder {
  return {
    ...embedder,
    async embed(texts, options) {
      const characters = texts.reduce((sum, text) => sum + text.length, 0);
      const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
      const cost = { tokens, costUsd: (tokens * usdPerM) / 1_000_000, by: embedder.name };
      const paid = await pay((characters * usdPerM) / 1_000_000, cost, () => embedder.embed(texts, options));
      if (paid.paid) return paid.value;
      throw new VectorsTooDear(`No vectors for ${texts.length} texts: ${paid.because}`);
    },
  };
}
