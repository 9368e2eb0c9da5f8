/** What every memory layer keeps: facts go in, the nearest to a question come out, what is forgotten is gone. */
import type { Fact, LayerName, Reader } from "../types.ts";

/** A fact that a layer proposes, best first; `score` is comparable within one layer and one answer only. */
export type LayerHit = { id: string; score: number };

export interface Layer {
  readonly name: LayerName;
  /**
   * The facts nearest to the question, best first, at most `limit`, and none that the reader may not see.
   * Rejects when the store behind it does not answer: the caller has a deadline and names the layer that was missing.
   */
  search(question: string, options: { reader: Reader; limit: number; signal: AbortSignal }): Promise<LayerHit[]>;
  /** Takes facts in; one that is there already is written anew. */
  put(facts: readonly Fact[], options: { signal: AbortSignal }): Promise<void>;
  /** Removes facts and everything made of them. Ids that are not there are no error. */
  forget(ids: readonly string[], options: { signal: AbortSignal }): Promise<void>;
}
