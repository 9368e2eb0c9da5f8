/** What every memory layer keeps: facts go in, the nearest to a question come out, what is forgotten is gone. */
import type { Fact, LayerName, Reader } from "../types.ts";

/** A fact that a layer proposes, best first; `score` is comparable within one layer and one answer only. */
export type LayerHit = { id: string; score: number };
/** The same from a layer in `agent.db`, where a fact is the number of its row. */
export type OwnHit = { seq: number; score: number };

export interface Layer<Hit = LayerHit> {
  readonly name: LayerName;
  /**
   * The facts nearest to the question, best first, at most `limit`, and none that the reader may not see.
   * Rejects when the store behind it does not answer: the caller has a deadline and names the layer that was missing.
   */
  search(question: string, options: { reader: Reader; limit: number; signal: AbortSignal }): Promise<Hit[]>;
  /** Takes facts in; one that is there already is written anew. */
  put(facts: readonly Fact[], options: { signal: AbortSignal }): Promise<void>;
  /** Removes facts and everything made of them. Ids that are not there are no error. */
  forget(ids: readonly string[], options: { signal: AbortSignal }): Promise<void>;
}

/** A layer in `agent.db` as the world knows layers: its facts by their ids. */
export function withIds<Own extends Layer<OwnHit>>(
  layer: Own,
  idsOf: (seqs: readonly number[]) => Promise<ReadonlyMap<number, string>>,
): Omit<Own, "search"> & Layer {
  return {
    ...layer,
    async search(question, options) {
      const hits = await layer.search(question, options);
      const ids = await idsOf(hits.map(({ seq }) => seq));
      return hits.flatMap(({ seq, score }) => {
        const id = ids.get(seq);
        return id === undefined ? [] : [{ id, score }];
      });
    },
  };
}
