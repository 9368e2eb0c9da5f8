/** How far each agent's audit log went at several moments, kept where the log itself is not: then a cut shows. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";

export type AuditHead = { seq: number; hash: string; occasion: "start" | "hour" | "rotation" | "close"; at: number };

export interface AuditHeads {
  /** Writes a head down. The first word about a line stays: a log that says something else later is not the same log. */
  note(agent: string, head: Omit<AuditHead, "at">): Promise<void>;
  /** All of an agent, oldest first. */
  of(agent: string): Promise<AuditHead[]>;
  /** Agents whose log had a line once. */
  agents(): Promise<string[]>;
}

/** Heads kept of one agent: a year of hours. */
const KEPT_MAX = 9_000;

export function createAuditHeads(db: Database, { read, writeQuietly }: Atomic, clock: Clock): AuditHeads {
  const insert = db.prepare(`
    INSERT INTO audit_heads (agent, seq, hash, occasion, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (agent, seq) DO NOTHING
  `);
  const thin = db.prepare<[Record<string, string>]>(`
    DELETE FROM audit_heads WHERE agent = @agent AND seq <= (
      SELECT seq FROM audit_heads WHERE agent = @agent ORDER BY seq DESC LIMIT 1 OFFSET ${KEPT_MAX})
  `);
  const of = db.prepare<[string], AuditHead>(
    "SELECT seq, hash, occasion, at FROM audit_heads WHERE agent = ? ORDER BY seq",
  );
  const agents = db.prepare<[], string>("SELECT DISTINCT agent FROM audit_heads ORDER BY agent").pluck();
  return {
    note: writeQuietly((agent: string, { seq, hash, occasion }: Omit<AuditHead, "at">) => {
      insert.run(agent, seq, hash, occasion, clock.now());
      thin.run({ agent });
    }),
    of: read((agent: string) => of.all(agent)),
    agents: read(() => agents.all()),
  };
}
