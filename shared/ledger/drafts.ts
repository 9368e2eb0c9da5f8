/** Answers that are being written right now. */
import type { Atomic, Database } from "../sqlite/index.ts";

export type Draft = { claim: number; message: number; root: number; agent: string; text: string; changedAt: number };

export interface Drafts {
  /** Every answer that is being written, oldest claim first. Its text has passed the output validator. */
  all(): Promise<Draft[]>;
}

export function createDrafts(db: Database, { read }: Atomic): Drafts {
  // From the few drafts to their claims, never the other way round.
  const all = db.prepare<[], Draft>(`
    SELECT drafts.claim, claims.message, claims.root, claims.agent, drafts.text, drafts.changed_at AS changedAt
    FROM drafts CROSS JOIN claims ON claims.id = drafts.claim WHERE claims.state = 'holding' ORDER BY drafts.claim
  `);
  return { all: read(() => all.all()) };
}
