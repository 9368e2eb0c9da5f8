/** What a store of vectors keeps, whether it stands in `agent.db` or on a server. */
import type { Database } from "../../sqlite/index.ts";
import type { Layer, OwnHit } from "./layer.ts";

export type VectorLayer = Layer<OwnHit> & {
  /** Facts that this store has no vector of the current embedder for yet. */
  missing(limit: number): Promise<string[]>;
  /** Somebody else has written: what is in memory is read again when it is next asked for; only what is missing, when nothing was changed. */
  reload(since: "added" | "changed"): void;
  /** Everything of this agent goes out of the store, because another one holds it now. */
  empty(): Promise<void>;
};

/** Ids of the oldest facts that recall may find and that have no row by this name in `vectors`: what a store has yet to take in. */
export function missingIn(db: Database, embedder: string): (limit: number) => string[] {
  const without = db
    .prepare<[string, number], string>(`
    SELECT facts.id FROM facts LEFT JOIN vectors ON vectors.fact = facts.seq AND vectors.embedder = ?
    WHERE vectors.fact IS NULL AND standing IN ('active', 'archived') ORDER BY seq LIMIT ?
  `)
    .pluck();
  return (limit) => without.all(embedder, limit);
}
