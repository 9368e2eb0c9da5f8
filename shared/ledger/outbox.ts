/** Delivery: every text that leaves stands here first, and leaves once. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Delivered } from "./delivered.ts";
import type { RecordMessage } from "./messages.ts";
import type { Parcels } from "./parcels.ts";
import type { Parcel } from "./types.ts";

export interface Outbox {
  /** The next parcel of this agent that is due, marked as being sent; undefined when there is none. Parts go in order. */
  take(agent: string): Promise<Parcel | undefined>;
  /** When the next parcel of this agent is due; Infinity when none waits. */
  nextDue(agent: string): Promise<number>;
  /** The transport has it under this id. With the last part the claim is sent and the outcome is `replied`, or the assignment is done. */
  sent(id: number, messageId: string): Promise<void>;
  /** This try failed: the next one is at this time. */
  retry(id: number, dueAt: number, error: string): Promise<void>;
  /** It had to wait, or nobody was reached: the same try is made at this time. */
  postpone(id: number, dueAt: number, error: string): Promise<void>;
  /** Never: what it belongs to fails, later parts are cancelled. */
  fail(id: number, error: string): Promise<void>;
  /**
   * Delivers into a room that lives in this ledger: the message appears and the parcel is sent in one step.
   * Undefined when the parcel was cancelled meanwhile: then nothing appears. `text` is what may leave of it; all without it.
   */
  post(id: number, sender: { id: string; name: string }, text?: string): Promise<string | undefined>;
  ofClaim(claim: number): Promise<Parcel[]>;
  /** The parcels of all these claims, each claim's in order. */
  ofClaims(claims: readonly number[]): Promise<Parcel[]>;
}

type Row = Omit<Parcel, "replyTo" | "randomId" | "dueAt" | "queuedAt" | "sentId" | "sentAt"> & {
  reply_to: string | null;
  random_id: string;
  due_at: number;
  queued_at: number;
  sent_id: string | null;
  sent_at: number | null;
};

type Stores = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  record: RecordMessage;
  delivered: Delivered;
  parcels: Parcels;
};

export function createOutbox({ db, atomic: { read, write }, clock, record, delivered, parcels }: Stores): Outbox {
  const get = db.prepare<[number], Row>("SELECT * FROM outbox WHERE id = ?");
  const ofClaim = db.prepare<[number], Row>("SELECT * FROM outbox WHERE claim = ? ORDER BY part");
  const ofClaims = db.prepare<[string], Row>(
    "SELECT * FROM outbox WHERE claim IN (SELECT value FROM json_each(?)) ORDER BY claim, part",
  );
  /** A parcel that waits for nothing but its time: the parts before it are sent. */
  const WAITING = `
    agent = CAST(@agent AS TEXT) AND state IN ('queued', 'sending')
      AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE (earlier.claim = parcel.claim OR earlier.assignment = parcel.assignment OR earlier.delivery = parcel.delivery)
          AND earlier.part < parcel.part AND earlier.state <> 'sent'
      )
  `;
  // Queued on a day that has not come: the clock was set back, and what was to be said at once is said now. Not what is tried
  // again, whose time was set since.
  const MISDATED = "queued_at > @now AND (attempts = 0 OR state = 'sending')";
  // A parcel found in `sending` was left there by a process that ended: the same random id makes sending again harmless.
  const next = db.prepare<[Record<string, string | number>], Row>(`
    SELECT * FROM outbox AS parcel WHERE ${WAITING} AND (due_at <= @now OR ${MISDATED}) ORDER BY queued_at, id LIMIT 1
  `);
  const nextDue = db
    .prepare<[Record<string, string | number>], number | null>(
      `SELECT min(CASE WHEN ${MISDATED} THEN 0 ELSE due_at END) FROM outbox AS parcel WHERE ${WAITING}`,
    )
    .pluck();
  // `attempts` is the how-manieth try it is; 0 says that it never was handed to a transport.
  const sending = db.prepare<[number], Row>(
    "UPDATE outbox SET state = 'sending', attempts = max(attempts, 1) WHERE id = ? RETURNING *",
  );
  const queueAgain = db.prepare<[Record<string, string | number>]>(`
    UPDATE outbox SET state = 'queued', due_at = @dueAt, error = @error, attempts = attempts + @failed
    WHERE id = @id AND state = 'sending'
  `);
  const fail = db.prepare(
    "UPDATE outbox SET state = 'failed', error = ? WHERE id = ? AND state IN ('queued', 'sending')",
  );

  return {
    take: write((agent: string) => {
      const row = next.get({ agent, now: clock.now() });
      const taken = row === undefined ? undefined : sending.get(row.id);
      return taken === undefined ? undefined : fromRow(taken);
    }),
    nextDue: read((agent: string) => nextDue.get({ agent, now: clock.now() }) ?? Number.POSITIVE_INFINITY),
    sent: write((id: number, messageId: string) => {
      const row = get.get(id);
      if (row !== undefined) delivered.markSent(row, messageId);
    }),
    retry: write((id: number, dueAt: number, error: string) => void queueAgain.run({ id, dueAt, error, failed: 1 })),
    postpone: write((id: number, dueAt: number, error: string) => void queueAgain.run({ id, dueAt, error, failed: 0 })),
    fail: write((id: number, error: string) => {
      const row = get.get(id);
      if (row === undefined || fail.run(error, id).changes === 0) return;
      const { claim, assignment, delivery } = row;
      parcels.cancel({ claim, assignment, delivery });
      delivered.finish(row, "failed", error);
    }),
    post: write((id: number, sender: { id: string; name: string }, text?: string) => {
      const row = get.get(id);
      if (row === undefined || (row.state !== "sending" && row.state !== "sent")) return undefined;
      const messageId = `r${row.random_id}`;
      record({
        room: row.room,
        messageId,
        topic: row.topic,
        sender: { kind: "agent", ...sender },
        text: text ?? row.text,
        replyTo: row.reply_to,
        saidAt: clock.now(),
      });
      delivered.markSent(row, messageId);
      return messageId;
    }),
    ofClaim: read((claim: number) => ofClaim.all(claim).map(fromRow)),
    ofClaims: read((claims: readonly number[]) => ofClaims.all(JSON.stringify(claims)).map(fromRow)),
  };
}

function fromRow({ reply_to, random_id, due_at, queued_at, sent_id, sent_at, ...row }: Row): Parcel {
  return {
    ...row,
    replyTo: reply_to,
    randomId: random_id,
    dueAt: due_at,
    queuedAt: queued_at,
    sentId: sent_id,
    sentAt: sent_at,
  };
}
