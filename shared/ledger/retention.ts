/** Forgetting what is old: whole threads with everything that hangs on them, a few at a time. */
import type { Atomic, Database } from "../sqlite/index.ts";

export type Removed = {
  messages: number;
  claims: number;
  assignments: number;
  events: number;
  deliveries: number;
  plans: number;
  approvals: number;
  grants: number;
  reservations: number;
};

export interface Retention {
  /** How many messages, in how many threads, have all been said before this time and have nothing open. */
  countBefore(before: number): Promise<{ threads: number; messages: number }>;
  /**
   * Deletes the oldest such threads, at most `threadsMax`, and as many of each kind besides: work without a message, events,
   * deliveries, ended plans, decided approvals, grants that are over, reservations that nobody booked. What was spent stays
   * counted, and purchases are the person's own books.
   */
  removeBefore(before: number, threadsMax: number): Promise<Removed & { threads: number }>;
  /** What SQLite finds wrong with the file; empty when it is sound. */
  check(): Promise<string[]>;
}

/** Every message of a thread is old, and nobody works on it any more. */
const OLD = `
  SELECT seq FROM messages AS root
  WHERE root IS NULL AND recorded_at < @before
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.root = root.seq AND recorded_at >= @before)
    AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.root = root.seq AND state IN ('placed', 'holding', 'delivering'))
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE assignments.message = root.seq AND state IN ('waiting', 'working', 'delivering'))
`;

export function createRetention(db: Database, { read, write }: Atomic): Retention {
  const count = db.prepare<[{ before: number }], { threads: number; messages: number }>(`
    WITH old AS (${OLD})
    SELECT (SELECT count(*) FROM old) AS threads,
      (SELECT count(*) FROM messages WHERE seq IN (SELECT seq FROM old) OR root IN (SELECT seq FROM old)) AS messages
  `);
  const oldest = db
    .prepare<[{ before: number; max: number }], number>(`SELECT seq FROM (${OLD}) ORDER BY seq LIMIT @max`)
    .pluck();
  const thread = db
    .prepare<[number, number], number>("SELECT seq FROM messages WHERE seq = ? OR root = ? ORDER BY seq DESC")
    .pluck();
  /** The oldest rows of a table for which this holds. */
  const old = (table: string, holds: string) =>
    db.prepare<[{ before: number; max: number }]>(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${holds} ORDER BY id LIMIT @max)`,
    );
  const hanging = [
    "DELETE FROM outbox WHERE claim IN (SELECT id FROM claims WHERE message = @seq OR root = @seq)",
    "DELETE FROM outbox WHERE assignment IN (SELECT id FROM assignments WHERE message = @seq)",
    "DELETE FROM drafts WHERE claim IN (SELECT id FROM claims WHERE message = @seq OR root = @seq)",
    "DELETE FROM judgements WHERE message = @seq",
    "DELETE FROM outcomes WHERE message = @seq",
    "DELETE FROM watches WHERE message = @seq",
    "DELETE FROM reactions WHERE message = @seq",
    "UPDATE approvals SET message = NULL WHERE message = @seq",
    "UPDATE spend SET message = NULL WHERE message = @seq",
  ].map((sql) => db.prepare<[{ seq: number }]>(sql));
  const claims = db.prepare<[{ seq: number }]>("DELETE FROM claims WHERE message = @seq OR root = @seq");
  const assignments = db.prepare<[{ seq: number }]>("DELETE FROM assignments WHERE message = @seq");
  const oldWork =
    "SELECT id FROM assignments WHERE message IS NULL AND changed_at < @before AND state IN ('done', 'rejected', 'dead') ORDER BY changed_at LIMIT @max";
  const workParcels = db.prepare<[{ before: number; max: number }]>(
    `DELETE FROM outbox WHERE assignment IN (${oldWork})`,
  );
  const work = db.prepare<[{ before: number; max: number }]>(`DELETE FROM assignments WHERE id IN (${oldWork})`);
  const messages = db.prepare<[{ seq: number }]>("DELETE FROM messages WHERE seq = @seq");
  const events = db.prepare<[number, number]>(
    "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY id LIMIT ?)",
  );
  const oldDeliveries = "SELECT id FROM deliveries WHERE made_at < @before ORDER BY id LIMIT @max";
  const untie = db.prepare<[{ before: number; max: number }]>(
    `UPDATE deliveries SET told_with = NULL WHERE told_with IN (${oldDeliveries})`,
  );
  const parcels = db.prepare<[{ before: number; max: number }]>(
    `DELETE FROM outbox WHERE delivery IN (${oldDeliveries})`,
  );
  // Steps and their story go with it.
  const plans = old("plans", "ended_at < @before");
  const approvals = old(
    "approvals",
    "state <> 'pending' AND decided_at < @before AND NOT EXISTS (SELECT 1 FROM assignments WHERE waits_for = approvals.id)",
  );
  const grants = old("grants", "expires_at < @before OR revoked_at < @before");
  const reservations = old("reservations", "at < @before");
  const deliveries = db.prepare<[{ before: number; max: number }]>(
    `DELETE FROM deliveries WHERE id IN (${oldDeliveries})`,
  );
  const check = db.prepare<[], string>("PRAGMA quick_check(10)").pluck();

  return {
    countBefore: read((before: number) => count.get({ before }) ?? { threads: 0, messages: 0 }),
    removeBefore: write((before: number, max: number) => {
      const roots = oldest.all({ before, max });
      const removed = { messages: 0, claims: 0, assignments: 0 };
      for (const seq of roots.flatMap((root) => thread.all(root, root))) {
        for (const statement of hanging) statement.run({ seq });
        removed.claims += claims.run({ seq }).changes;
        removed.assignments += assignments.run({ seq }).changes;
        removed.messages += messages.run({ seq }).changes;
      }
      workParcels.run({ before, max });
      removed.assignments += work.run({ before, max }).changes;
      untie.run({ before, max });
      parcels.run({ before, max });
      return {
        ...removed,
        events: events.run(before, max * 20).changes,
        deliveries: deliveries.run({ before, max }).changes,
        plans: plans.run({ before, max }).changes,
        approvals: approvals.run({ before, max }).changes,
        grants: grants.run({ before, max }).changes,
        reservations: reservations.run({ before, max }).changes,
        threads: roots.length,
      };
    }),
    check: read(() => check.all().filter((line) => line !== "ok")),
  };
}
