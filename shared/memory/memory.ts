/** The memory of one agent: its own database, one store a layer. Nobody else writes it. */
import { type Clock, type Random, systemRandom } from "../base/index.ts";
import { atomic, type Durability, migrate, openDatabase } from "../sqlite/index.ts";
import { createSessions, type Sessions } from "./layers/sessions.ts";
import { migrations } from "./migrations/index.ts";

export interface Memory {
  /** Layer 1: what was said, word for word. */
  readonly sessions: Sessions;
  close(): void;
}

export type MemoryOptions = { path: string; clock: Clock; random?: Random; durability?: Durability };

/** Opens, creates and migrates `agent.db`. Throws DatabaseUnusable or SchemaMismatch with the next step. */
export async function openMemory({
  path,
  clock,
  random = systemRandom,
  durability = "full",
}: MemoryOptions): Promise<Memory> {
  const db = openDatabase(path, { durability });
  try {
    await migrate(db, { what: `The memory ${path}`, migrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const steps = atomic(db, { clock, random });
  return {
    sessions: createSessions(db, steps, clock),
    close: () => void db.close(),
  };
}
