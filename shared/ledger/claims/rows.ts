/** A claim as it stands in the table, and its message. */
import type { Database } from "../../sqlite/index.ts";
import type { Claim } from "../types.ts";

/** A row of `claims`. */
export type Row = Omit<Claim, "defersTo" | "leaseUntil" | "placedAt" | "changedAt"> & {
  defers_to: string | null;
  lease_until: number;
  placed_at: number;
  changed_at: number;
};

/** Claims that have not ended, in the words of the index that holds them. */
export const OPEN_SQL = "claims.state IN ('placed', 'holding', 'delivering', 'expired')";

/** Claims on one root. */
export const ROOT_SQL = "claims.root = CAST(@root AS INTEGER)";

/** The claim of a row. */
export function fromRow({ defers_to, lease_until, placed_at, changed_at, ...row }: Row): Claim {
  return { ...row, defersTo: defers_to, leaseUntil: lease_until, placedAt: placed_at, changedAt: changed_at };
}

/** Finds, by its seq, what a claim must know of its message. */
export function prepareAbout(db: Database) {
  return db.prepare<
    [number],
    { room: string; topic: string | null; message_id: string; sender_kind: string; deleted_at: number | null }
  >("SELECT room, topic, message_id, sender_kind, deleted_at FROM messages WHERE seq = ?");
}
