/** What makes vectors of texts. */

export interface Embedder {
  /** Names whose vectors can be compared: provider, model, version. An index that another one wrote is written again. */
  readonly name: string;
  readonly dimensions: number;
  /** Whether nearness means kinship of meaning, or only of words (the offline one). */
  readonly knowsMeaning: boolean;
  /** One vector of length 1 for each text, in order. Rejects when the service behind it does not answer. */
  embed(texts: readonly string[], options: { signal: AbortSignal }): Promise<Float32Array[]>;
}

/** The same direction, length 1. A vector of zeros, that of a text without words, stays as it is. */
export function normalised(vector: Float32Array): Float32Array {
  let square = 0;
  for (const x of vector) square += x * x;
  const length = Math.sqrt(square);
  return length === 0 ? vector : vector.map((x) => x / length);
}
