/** Fences: one counter for all who hold something, so that a holder that was frozen is told from the one after it. */
import type { Database } from "../sqlite/index.ts";

/** The next fence, inside a write step. */
export function createNextFence(db: Database): () => number {
  const next = db.prepare<[], number>("UPDATE fences SET last = last + 1 RETURNING last").pluck();
  return () => next.get() ?? 0;
}
