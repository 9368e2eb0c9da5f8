/** The story of one message: its decision, and everything of its root that belongs to it: claims, answers, what they cost. */
import { type Decided, decisionsOn } from "./decision.ts";
import type { Ledger } from "./ledger.ts";
import type { Assignment, Claim, Message, Parcel, SubjectWatch } from "./types.ts";

/** One answer that left: its texts, and which model wrote them. */
export type Sent = { claim: Claim; by: string; parts: readonly Parcel[]; message: Message | undefined };

export type Story = Omit<Decided, "message"> & {
  message: Message;
  /** The person's message that it goes back to; itself, for a person's message. */
  root: Message;
  /** Every claim on the root, in the order they were placed. */
  claims: readonly Claim[];
  /** Every answer to the root that was handed over for delivery. */
  sent: readonly Sent[];
  /** What agents gave each other to do about the root, in order. */
  work: readonly Assignment[];
  /** Who owns its subject, and what came of that; undefined when nobody does. */
  watch: SubjectWatch | undefined;
};

/** Reads it; undefined when the ledger has no such message. */
export async function storyOf(ledger: Ledger, seq: number): Promise<Story | undefined> {
  const message = await ledger.messages.get(seq);
  if (message === undefined) return undefined;
  const [[decided], claims, thread] = await Promise.all([
    decisionsOn(ledger, [message]),
    ledger.claims.ofRoot(message.root),
    ledger.messages.thread(message.root),
  ]);
  return {
    ...(decided ?? { verdicts: [], judgements: [], expenses: [], costUsd: 0 }),
    message,
    root: thread.find((said) => said.seq === message.root) ?? message,
    claims,
    sent: await sentBy(ledger, claims, thread),
    work: await ledger.assignments.ofMessage(message.root),
    watch: await ledger.watches.of(message.root),
  };
}

async function sentBy(ledger: Ledger, claims: readonly Claim[], thread: readonly Message[]): Promise<Sent[]> {
  const parcels = await ledger.outbox.ofClaims(claims.map(({ id }) => id));
  return claims.flatMap((claim) => {
    const parts = parcels.filter((parcel) => parcel.claim === claim.id);
    const [first] = parts;
    if (first === undefined) return [];
    return [{ claim, by: first.by, parts, message: thread.find(({ messageId }) => messageId === first.sentId) }];
  });
}
