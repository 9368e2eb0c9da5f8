/** What a store of vectors keeps, whether it stands in `agent.db` or on a server. */
import type { Layer, OwnHit } from "./layer.ts";

export type VectorLayer = Layer<OwnHit> & {
  /** Facts that this store has no vector of the current embedder for yet. */
  missing(limit: number): Promise<string[]>;
  /** Somebody else has written: what is in memory is read again when it is next asked for; only what is missing, when nothing was changed. */
  reload(since: "added" | "changed"): void;
  /** Everything of this agent goes out of the store, because another one holds it now. */
  empty(): Promise<void>;
};
