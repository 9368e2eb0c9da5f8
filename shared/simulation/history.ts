/** Everything that happened in one world, as the checks read it: the ledger's rows and what was visible in the chat. */
import type { ClaimState, OutcomeKind, Scores, SenderKind, Tier } from "../ledger/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { Visible } from "./chat.ts";

export type SaidRow = {
  seq: number;
  messageId: string;
  replyTo: string | null;
  kind: SenderKind;
  sender: string;
  text: string;
  root: number;
  hops: number;
  deleted: 0 | 1;
};
export type ClaimRow = {
  id: number;
  message: number;
  root: number;
  agent: string;
  tier: Tier;
  state: ClaimState;
  parts: number;
};
/** What an agent said about a message because that was its work (an escalation, a hand-off): beside its own bid, and outside the cap. */
export type AssignedRow = { message: number; agent: string; parts: number };
export type OutcomeRow = { message: number; agent: string; outcome: OutcomeKind; because: string };

/** One entry of the feed. Its id orders it among all others, whatever the clock did; `at` is what the clock said. */
export type EventRow = {
  id: number;
  at: number;
  kind: string;
  message: number | null;
  agent: string | null;
  detail: string;
};

export type History = {
  agents: readonly string[];
  /** Agents that left for good. */
  left: ReadonlySet<string>;
  said: readonly SaidRow[];
  claims: readonly ClaimRow[];
  assigned: readonly AssignedRow[];
  outcomes: readonly OutcomeRow[];
  /** Scores by message, of all who were judged. */
  scores: ReadonlyMap<number, Scores>;
  /** What the checks need of the feed: edits, decisions, turns, pauses. */
  events: readonly EventRow[];
  visible: readonly Visible[];
};

/** Reads it all, at once: for a world that has come to rest. */
export function readHistory(
  db: Database,
  visible: readonly Visible[],
  left: ReadonlySet<string> = new Set<string>(),
): History {
  const scores = new Map<number, Scores>();
  const judged = db
    .prepare<[], { message: number; scores: string }>("SELECT message, scores FROM judgements WHERE state = 'made'")
    .all();
  for (const row of judged)
    scores.set(row.message, { ...scores.get(row.message), ...(JSON.parse(row.scores) as Scores) });
  return {
    agents: db.prepare<[], string>("SELECT name FROM agents ORDER BY name").pluck().all(),
    left,
    said: db
      .prepare<[], SaidRow>(`
        SELECT seq, message_id AS messageId, reply_to AS replyTo, sender_kind AS kind, sender_name AS sender, text,
          coalesce(root, seq) AS root, hops, deleted_at IS NOT NULL AS deleted
        FROM messages ORDER BY seq
      `)
      .all(),
    claims: db
      .prepare<[], ClaimRow>(`
        SELECT id, message, root, agent, tier, state, (SELECT count(*) FROM outbox WHERE outbox.claim = claims.id) AS parts
        FROM claims ORDER BY id
      `)
      .all(),
    assigned: db
      .prepare<[], AssignedRow>(`
        SELECT assignments.message, outbox.agent, count(*) AS parts FROM outbox JOIN assignments ON assignments.id = outbox.assignment
        WHERE assignments.message IS NOT NULL GROUP BY assignments.message, outbox.agent
      `)
      .all(),
    outcomes: db
      .prepare<[], OutcomeRow>("SELECT message, agent, outcome, because FROM outcomes ORDER BY message, agent")
      .all(),
    scores,
    events: db
      .prepare<[], EventRow>(`
        SELECT id, at, kind, message, agent, CASE WHEN kind IN ('paused', 'resumed') THEN detail ELSE '' END AS detail
        FROM events
        WHERE kind IN ('message edited', 'claim placed', 'outcome', 'claim held', 'reply committed', 'paused', 'resumed')
        ORDER BY id
      `)
      .all(),
    visible,
  };
}

/** What is still to be done: outcomes that are missing (an agent hears every message but its own), and claims that have not ended. */
export function countMissing(db: Database, left: ReadonlySet<string> = new Set<string>()): number {
  const count = db
    .prepare<[string], number>(`
      WITH gone AS (SELECT value FROM json_each(?))
      SELECT (
        SELECT count(*) FROM messages JOIN agents ON agents.name <> messages.sender_name
        WHERE agents.name NOT IN gone AND NOT EXISTS (
          SELECT 1 FROM outcomes WHERE outcomes.message = messages.seq AND outcomes.agent = agents.name)
      ) + (
        SELECT count(*) FROM claims
        WHERE state IN ('placed', 'holding', 'expired') OR (state = 'delivering' AND agent NOT IN gone)
      )
    `)
    .pluck()
    .get(JSON.stringify([...left]));
  return count ?? 0;
}
