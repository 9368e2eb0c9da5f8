/** What is delivered: a part that the transport has, by its own account or because somebody saw it arrive. Inside write steps. */
import { type Clock, wordsOf } from "../base/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { PutOutcome } from "./outcomes.ts";
import type { Owner } from "./parcels.ts";
import type { Heard } from "./types.ts";

export interface Delivered {
  /** The transport has this part under this id. With the last part its claim or assignment is done. */
  markSent(parcel: Owner & { id: number; part: number }, messageId: string): void;
  /** Ends what is being delivered: a claim, an assignment, or what a job has to say. */
  finish(owner: Owner, state: "sent" | "failed", because: string): void;
  /** A message of an agent has arrived in the room: its part is sent, even when its sender died before it could say so. */
  seen(heard: Heard): void;
}

export function createDelivered(db: Database, clock: Clock, tell: Tell, putOutcome: PutOutcome): Delivered {
  const sent = db.prepare(
    "UPDATE outbox SET state = 'sent', sent_id = ?, sent_at = ?, error = NULL WHERE id = ? AND state IN ('queued', 'sending')",
  );
  const unsent = db
    .prepare<[Owner], number>(
      "SELECT count(*) FROM outbox WHERE (claim = @claim OR assignment = @assignment OR delivery = @delivery) AND state <> 'sent'",
    )
    .pluck();
  const claimOf = db.prepare<[number], { message: number; agent: string }>(
    "SELECT message, agent FROM claims WHERE id = ?",
  );
  const moveClaim = db.prepare(`
    UPDATE claims SET state = @state, slot = CASE WHEN @state = 'sent' THEN slot END, changed_at = @now
    WHERE id = @id AND state = 'delivering'
  `);
  const assignmentOf = db.prepare<[number], { message: number | null; agent: string }>(
    "SELECT message, agent FROM assignments WHERE id = ?",
  );
  const moveAssignment = db.prepare(
    "UPDATE assignments SET state = @state, because = @because, changed_at = @now WHERE id = @id AND state = 'delivering'",
  );
  const fail = db.prepare<[string, number], { agent: string; job: string }>(
    "UPDATE deliveries SET failure = ? WHERE id = ? AND failure IS NULL RETURNING agent, job",
  );
  // What was to go out in it waits for the next digest, unless some of it was read already.
  const holdAgain = db.prepare<[{ id: number }]>(`
    UPDATE deliveries SET state = 'held', told_with = NULL, told_at = NULL
    WHERE told_with = @id AND NOT EXISTS (SELECT 1 FROM outbox WHERE delivery = @id AND state = 'sent')
  `);
  // The sender's own word may have come first: then this id is known, and an equal part after it still waits for its own.
  const arriving = db.prepare<[Record<string, string | null>], Owner & { id: number; part: number; text: string }>(`
    SELECT id, claim, assignment, delivery, part, text FROM outbox AS parcel
    WHERE agent = CAST(@agent AS TEXT) AND state IN ('queued', 'sending') AND room = CAST(@room AS TEXT)
      AND reply_to IS CAST(@replyTo AS TEXT)
      AND NOT EXISTS (
        SELECT 1 FROM outbox AS known
        WHERE known.claim IS parcel.claim AND known.assignment IS parcel.assignment AND known.delivery IS parcel.delivery
          AND known.sent_id = @messageId
      )
    ORDER BY part
  `);

  function finish({ claim, assignment, delivery }: Owner, state: "sent" | "failed", because: string): void {
    if (claim !== null) finishClaim(claim, state, because);
    if (assignment !== null) finishAssignment(assignment, state === "sent" ? "done" : "dead", because);
    if (delivery !== null && state === "failed") failDelivery(delivery, because);
  }

  function finishClaim(claim: number, state: "sent" | "failed", because: string): void {
    const about = claimOf.get(claim);
    if (about === undefined || moveClaim.run({ id: claim, state, now: clock.now() }).changes === 0) return;
    putOutcome({ ...about, outcome: state === "sent" ? "replied" : "failed", because });
    tell(`claim ${state}`, about, { claim });
  }

  function finishAssignment(assignment: number, state: "done" | "dead", because: string): void {
    const about = aboutOf(assignmentOf.get(assignment));
    if (about === undefined) return;
    if (moveAssignment.run({ id: assignment, state, because, now: clock.now() }).changes === 0) return;
    tell(`assignment ${state}`, about, { assignment, because });
  }

  function failDelivery(id: number, because: string): void {
    const failed = fail.get(because, id);
    if (failed === undefined) return;
    holdAgain.run({ id });
    tell("delivery failed", { agent: failed.agent }, { delivery: id, job: failed.job, because });
  }

  function markSent({ id, part, ...owner }: Owner & { id: number; part: number }, messageId: string): void {
    if (sent.run(messageId, clock.now(), id).changes === 0) return;
    const { claim, assignment, delivery } = owner;
    const about = claim !== null ? claimOf.get(claim) : aboutOf(assignmentOf.get(assignment ?? 0));
    if (about !== undefined) tell("part sent", about, { claim, assignment, part, messageId });
    if (unsent.get({ claim, assignment, delivery }) === 0) {
      finish(owner, "sent", part === 1 ? "answered" : `answered in ${part} parts`);
    }
  }

  return {
    finish,
    markSent,
    seen({ room, messageId, sender, text, replyTo }) {
      if (sender.kind !== "agent") return;
      // A service takes the marks of emphasis out of a text, so the words are compared.
      const words = wordsOf(text).join(" ");
      const parcel = arriving
        .all({ room, messageId, agent: sender.name, replyTo })
        .find((part) => part.text === text || (words !== "" && wordsOf(part.text).join(" ") === words));
      if (parcel !== undefined) markSent(parcel, messageId);
    },
  };
}

/** What an event about an assignment is about: work that no message began has none. */
function aboutOf(
  row: { message: number | null; agent: string } | undefined,
): { message?: number; agent: string } | undefined {
  if (row === undefined) return undefined;
  const { message, agent } = row;
  return message === null ? { agent } : { message, agent };
}
