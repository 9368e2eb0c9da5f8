/** An assignment as it stands in the table. */
import type { Assignment } from "../types.ts";

/** A row of `assignments`. */
export type Row = Omit<
  Assignment,
  "sources" | "leaseUntil" | "dueAt" | "deadlineAt" | "waitsFor" | "givenAt" | "changedAt"
> & {
  sources: string;
  lease_until: number;
  due_at: number;
  deadline_at: number;
  waits_for: number | null;
  given_at: number;
  changed_at: number;
};

/** Assignments that have not ended, in the words of the index that holds them: without them SQLite would read the whole table. */
export const OPEN_SQL = "assignments.state IN ('waiting', 'working', 'delivering')";

/** The assignment of a row. */
export function fromRow({
  sources,
  lease_until,
  due_at,
  deadline_at,
  waits_for,
  given_at,
  changed_at,
  ...row
}: Row): Assignment {
  return {
    ...row,
    sources: JSON.parse(sources) as Assignment["sources"],
    waitsFor: waits_for,
    leaseUntil: lease_until,
    dueAt: due_at,
    deadlineAt: deadline_at,
    givenAt: given_at,
    changedAt: changed_at,
  };
}

/** What an event of this work is about. */
export function aboutOf({ message, agent }: Pick<Row, "message" | "agent">): { agent: string; message?: number } {
  return message === null ? { agent } : { agent, message };
}
