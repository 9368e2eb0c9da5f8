/** Facts into every layer beside their own rows. */
import { OperationalError } from "../base/index.ts";
import type { Layer } from "./layers/layer.ts";
import type { Fact } from "./types.ts";

/** Rejects when a layer could not be told, and may be called again with the same facts. Vectors are no reason: those that cannot be made now are made by `index`. */
export type TakeIn = (facts: readonly Fact[], options: { signal: AbortSignal }) => Promise<void>;

type Putting = Pick<Layer, "put">;

export function createTakeIn(layers: { shared: Putting | undefined; graph: Putting; vectors: Putting }): TakeIn {
  const { shared, graph, vectors } = layers;
  return async (facts, options) => {
    await shared?.put(facts, options);
    await graph.put(facts, options);
    try {
      await vectors.put(facts, options);
    } catch (error) {
      if (options.signal.aborted || !(error instanceof OperationalError)) throw error;
    }
  };
}
