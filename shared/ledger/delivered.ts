/** What is delivered: a part that the transport has, by its own account or because somebody saw it arrive. Inside write steps. */
import type { Clock } from "../base/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { PutOutcome } from "./outcomes.ts";
import type { Heard } from "./types.ts";

export interface Delivered {
  /** The transport has this part under this id. With the last part the claim is sent and the outcome is `replied`. */
  markSent(parcel: { id: number; claim: number; part: number }, messageId: string): void;
  /** Ends a claim that is being delivered. */
  finish(claim: number, state: "sent" | "failed", because: string): void;
  /** A message of an agent has arrived in the room: its part is sent, even when its sender died before it could say so. */
  seen(heard: Heard): void;
}

export function createDelivered(db: Database, clock: Clock, tell: Tell, putOutcome: PutOutcome): Delivered {
  const sent = db.prepare(
    "UPDATE outbox SET state = 'sent', sent_id = ?, sent_at = ?, error = NULL WHERE id = ? AND state IN ('queued', 'sending')",
  );
  const unsent = db
    .prepare<[number], number>("SELECT count(*) FROM outbox WHERE claim = ? AND state <> 'sent'")
    .pluck();
  const claimOf = db.prepare<[number], { message: number; agent: string }>(
    "SELECT message, agent FROM claims WHERE id = ?",
  );
  const moveClaim = db.prepare(`
    UPDATE claims SET state = @state, slot = CASE WHEN @state = 'sent' THEN slot END, changed_at = @now
    WHERE id = @id AND state = 'delivering'
  `);
  // The sender's own word may have come first: then this id is known, and an equal part after it still waits for its own.
  const arriving = db.prepare<[Record<string, string | null>], { id: number; claim: number; part: number }>(`
    SELECT outbox.id, outbox.claim, outbox.part
    FROM messages JOIN claims ON claims.message = messages.seq AND claims.agent = @agent
    JOIN outbox ON outbox.claim = claims.id AND outbox.state IN ('queued', 'sending') AND outbox.text = @text
    WHERE messages.room = @room AND messages.message_id = @replyTo
      AND NOT EXISTS (SELECT 1 FROM outbox AS known WHERE known.claim = claims.id AND known.sent_id = @messageId)
    ORDER BY outbox.part LIMIT 1
  `);

  function finish(claim: number, state: "sent" | "failed", because: string): void {
    const about = claimOf.get(claim);
    if (about === undefined || moveClaim.run({ id: claim, state, now: clock.now() }).changes === 0) return;
    putOutcome({ ...about, outcome: state === "sent" ? "replied" : "failed", because });
    tell(`claim ${state}`, about, { claim });
  }

  function markSent({ id, claim, part }: { id: number; claim: number; part: number }, messageId: string): void {
    if (sent.run(messageId, clock.now(), id).changes === 0) return;
    const about = claimOf.get(claim);
    if (about !== undefined) tell("part sent", about, { claim, part, messageId });
    if (unsent.get(claim) === 0) finish(claim, "sent", part === 1 ? "answered" : `answered in ${part} parts`);
  }

  return {
    finish,
    markSent,
    seen({ room, messageId, sender, text, replyTo }) {
      if (sender.kind !== "agent" || replyTo === null) return;
      const parcel = arriving.get({ room, messageId, agent: sender.name, text, replyTo });
      if (parcel !== undefined) markSent(parcel, messageId);
    },
  };
}
