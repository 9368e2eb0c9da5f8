/** Texts that are to leave: queued a row a part, and taken back while they have not left. Inside write steps. */
import { type Clock, stableId } from "../base/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { Parcel } from "./types.ts";

/** What a parcel belongs to: one of the three. */
export type Owner = Pick<Parcel, "claim" | "assignment" | "delivery">;

type Handed = Pick<Parcel, "agent" | "room" | "topic" | "replyTo" | "by"> & {
  parts: readonly string[];
  /** With the number of a part they make its random id, so that a text that is queued again appears once. */
  words: readonly string[];
};

export interface Parcels {
  queue(owner: Partial<Owner>, handed: Handed): void;
  /** What has not left stays here. */
  cancel(owner: Partial<Owner>): void;
}

const NOBODY: Owner = { claim: null, assignment: null, delivery: null };

export function createParcels(db: Database, clock: Clock): Parcels {
  const queue = db.prepare<[Record<string, string | number | null>]>(`
    INSERT INTO outbox (claim, assignment, delivery, agent, room, topic, reply_to, part, text, random_id, state, due_at, queued_at, by)
    VALUES (@claim, @assignment, @delivery, @agent, @room, @topic, @replyTo, @part, @text, @randomId, 'queued', @now, @now, @by)
  `);
  const cancel = db.prepare<[Owner]>(`
    UPDATE outbox SET state = 'cancelled'
    WHERE (claim = @claim OR assignment = @assignment OR delivery = @delivery) AND state IN ('queued', 'sending')
  `);
  return {
    queue(owner, { parts, words, ...handed }) {
      for (const [index, text] of parts.entries()) {
        const part = index + 1;
        const randomId = stableId(...words, part);
        queue.run({ ...NOBODY, ...owner, ...handed, part, text, randomId, now: clock.now() });
      }
    },
    cancel: (owner) => void cancel.run({ ...NOBODY, ...owner }),
  };
}
