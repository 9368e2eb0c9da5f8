/** Everything that happened in one world, as the checks read it: the ledger's rows and what was visible in the chat. */

import type { ClaimState, OutcomeKind, Scores } from "../ledger/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { Visible } from "./chat.ts";

export type SaidRow = {
  seq: number;
  messageId: string;
  kind: string;
  sender: string;
  text: string;
  root: number;
  hops: number;
  edited: 0 | 1;
  deleted: 0 | 1;
};
export type ClaimRow = {
  id: number;
  message: number;
  root: number;
  agent: string;
  tier: number;
  state: ClaimState;
  parts: number;
};
export type OutcomeRow = { message: number; agent: string; outcome: OutcomeKind; because: string };

export type History = {
  agents: readonly string[];
  said: readonly SaidRow[];
  claims: readonly ClaimRow[];
  outcomes: readonly OutcomeRow[];
  /** Scores by message; "failed" when nobody could judge it. */
  judgements: ReadonlyMap<number, Scores | "failed">;
  visible: readonly Visible[];
};

/** Reads it all, at once: for a world that has come to rest. */
export function readHistory(db: Database, visible: readonly Visible[]): History {
  const judgements = db
    .prepare<[], { message: number; state: string; scores: string | null }>(
      "SELECT message, state, scores FROM judgements WHERE state <> 'asking'",
    )
    .all()
    .map(
      ({ message, state, scores }) =>
        [message, state === "made" ? (JSON.parse(scores ?? "{}") as Scores) : "failed"] as const,
    );
  return {
    agents: db.prepare<[], string>("SELECT name FROM agents ORDER BY name").pluck().all(),
    said: db
      .prepare<[], SaidRow>(`
        SELECT seq, message_id AS messageId, sender_kind AS kind, sender_name AS sender, text, coalesce(root, seq) AS root, hops,
          edited_at IS NOT NULL AS edited, deleted_at IS NOT NULL AS deleted
        FROM messages ORDER BY seq
      `)
      .all(),
    claims: db
      .prepare<[], ClaimRow>(`
        SELECT id, message, root, agent, tier, state, (SELECT count(*) FROM outbox WHERE outbox.claim = claims.id) AS parts
        FROM claims ORDER BY id
      `)
      .all(),
    outcomes: db
      .prepare<[], OutcomeRow>("SELECT message, agent, outcome, because FROM outcomes ORDER BY message, agent")
      .all(),
    judgements: new Map(judgements),
    visible,
  };
}

/** Outcomes that are still missing: an agent hears every message but its own. */
export function countMissing(db: Database): number {
  const count = db
    .prepare<[], number>(`
      SELECT (SELECT count(*) FROM messages JOIN agents ON agents.name <> messages.sender_name) - (SELECT count(*) FROM outcomes)
        + (SELECT count(*) FROM claims WHERE state IN ('placed', 'holding', 'delivering', 'expired'))
    `)
    .pluck()
    .get();
  return count ?? 0;
}

/** What the feed tells of one message: enough to see how a promise was broken. */
export function traceOf(db: Database, message: number): string[] {
  return db
    .prepare<[number, number], { at: number; kind: string; message: number; agent: string | null; detail: string }>(`
      SELECT at, kind, message, agent, detail FROM events
      WHERE message = ? OR message IN (SELECT seq FROM messages WHERE root = ?) ORDER BY id
    `)
    .all(message, message)
    .filter(({ kind, detail }) => kind !== "outcome" || !detail.includes('"declined"'))
    .map(
      ({ at, kind, message: about, agent, detail }) =>
        `${new Date(at).toISOString()} #${about} ${agent ?? ""} ${kind} ${detail}`,
    );
}
