/** Who gets a slot: expire what is stale, count the slots in use, rank the waiting, hold or wait. One write step. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { ALIVE_SQL } from "../agents.ts";
import { createActivePause } from "../controls.ts";
import { DECIDE_GRACE_MS, ETA_MAX_MS, OVERDUE_MS, PEER_REPLIES_MAX } from "../limits.ts";
import type { ClaimState } from "../types.ts";
import type { Moves, Taking } from "./moves.ts";
import { prepareAbout, ROOT_SQL, type Row } from "./rows.ts";

/** Nothing in the ledger says when this changes: the caller looks again at the next change, or after a second. */
const LOOK_AGAIN_MS = 1_000;

/** Implicit replies that a root may get, and the factor on all delays. */
export type Terms = { cap: number; pace?: number };

/** Takes a slot inside a write step. */
export type TakeNow = (id: number, terms: Terms) => Taking;

export function createTake(db: Database, clock: Clock, moves: Moves): TakeNow {
  const activePause = createActivePause(db);
  const get = db.prepare<[number], Row>("SELECT * FROM claims WHERE id = ?");
  const about = prepareAbout(db);
  const slotsOf = db.prepare<[number], { id: number; agent: string; slot: number; state: ClaimState }>(
    "SELECT id, agent, slot, state FROM claims WHERE root = ? AND slot IS NOT NULL",
  );
  const repliesTo = db
    .prepare<[number], number>(
      "SELECT count(*) FROM claims WHERE root = ? AND state IN ('holding', 'delivering', 'sent')",
    )
    .pluck();
  const lastChange = db
    .prepare<[number], number>(
      "SELECT coalesce(max(changed_at), 0) FROM claims WHERE root = CAST(? AS INTEGER) AND state <> 'placed'",
    )
    .pluck();
  // The waiting claims that count: of agents that are alive, and that would have taken their turn had they been able to.
  const front = db.prepare<[Record<string, number>], { id: number; agent: string; eta: number }>(`
    SELECT claims.id, claims.agent, claims.eta FROM claims JOIN agents ON agents.name = claims.agent
    WHERE ${ROOT_SQL} AND claims.tier > 1 AND claims.state = 'placed'
      AND (claims.id = @id OR (${ALIVE_SQL} AND @now - max(claims.eta, claims.placed_at, @freedAt) <= ${OVERDUE_MS}))
    ORDER BY claims.tier, claims.eta, claims.agent
    LIMIT 1
  `);
  const undecided = db
    .prepare<[Record<string, number>], string>(`
    SELECT agents.name FROM agents
    WHERE ${ALIVE_SQL}
      AND agents.name <> (SELECT sender_name FROM messages WHERE seq = @message)
      AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.message = @message AND claims.agent = agents.name)
      AND NOT EXISTS (SELECT 1 FROM outcomes WHERE outcomes.message = @message AND outcomes.agent = agents.name)
    ORDER BY agents.name LIMIT 1
  `)
    .pluck();
  /** The claim of the owner for whom another one stands back. */
  const ownersClaim = db.prepare<[Record<string, string | number>], { state: ClaimState; at: number; alive: number }>(`
    SELECT claims.state, max(claims.eta, claims.changed_at) AS at, ${ALIVE_SQL} AS alive
    FROM claims JOIN agents ON agents.name = claims.agent
    WHERE claims.message = @message AND claims.agent = @owner
  `);

  return (id, { cap, pace = 1 }) => {
    const now = clock.now();
    const row = get.get(id);
    if (row === undefined) return { kind: "ended", state: "withdrawn", because: "there is no such claim" };
    if (row.state !== "placed") return { kind: "ended", state: row.state, because: row.because };

    const message = about.get(row.message);
    if (message === undefined || message.deleted_at !== null) {
      return moves.end(row, "withdrawn", "declined", "the message was deleted before anybody answered");
    }
    const pause = activePause(row.agent, now);
    if (pause !== undefined) return moves.end(row, "withdrawn", "blocked", pause);

    // Further ahead than any delay only another clock can have set it: its time came long ago.
    const due = row.eta - now > ETA_MAX_MS * Math.max(1, pace) ? 0 : row.eta;
    if (due > now) return { kind: "early", because: "its time has not come", until: due };

    if (row.tier === 1) {
      if (message.sender_kind === "agent" && (repliesTo.get(row.root) ?? 0) >= PEER_REPLIES_MAX) {
        return moves.end(row, "yielded", "lost", `this exchange already has ${PEER_REPLIES_MAX} replies of agents`);
      }
      return moves.hold(row, null);
    }

    moves.expireStale(row.root);
    if (row.defers_to !== null) {
      const owner = ownersClaim.get({ message: row.message, owner: row.defers_to, now });
      if (owner?.state === "sent") {
        return moves.end(row, "yielded", "lost", `${row.defers_to}, who owns the subject, had answered already`);
      }
      if (owner !== undefined && owner.alive === 1 && mayYetAnswer(owner, now)) {
        return wait(now, `${row.defers_to} owns the subject and comes first`);
      }
    }
    const slots = slotsOf.all(row.root);
    const sent = slots.filter(({ state }) => state === "sent");
    if (sent.length >= cap) {
      return moves.end(row, "yielded", "lost", `${names(sent)} had answered already`);
    }
    const holder = slots.find(({ state }) => state === "holding");
    if (holder !== undefined) return wait(now, `${holder.agent} is answering`);
    if (slots.length >= cap) return wait(now, `${names(slots)} took the slots`);
    // From when it was placed, when judging took longer than the wait: so the slowest model changes nothing.
    const ready = row.placed_at > now ? due : Math.max(due, row.placed_at);
    const slow = now < ready + DECIDE_GRACE_MS ? undecided.get({ message: row.message, now }) : undefined;
    if (slow !== undefined) return wait(now, `${slow} has not decided yet`);
    const first = front.get({ root: row.root, id, now, freedAt: lastChange.get(row.root) ?? 0 });
    if (first !== undefined && first.id !== id) return wait(now, `${first.agent} comes first`);
    return moves.hold(row, freeSlot(slots));
  };
}

/** Whether a live owner's claim may still bring an answer: one that could hold but does not for too long keeps nobody waiting. */
function mayYetAnswer({ state, at }: { state: ClaimState; at: number }, now: number): boolean {
  if (state === "holding" || state === "delivering") return true;
  return (state === "placed" || state === "expired") && now - at <= OVERDUE_MS;
}

function wait(now: number, because: string): Taking {
  return { kind: "waiting", because, until: now + LOOK_AGAIN_MS };
}

/** The smallest slot that nobody stands on. */
function freeSlot(taken: readonly { slot: number }[]): number {
  const used = new Set(taken.map(({ slot }) => slot));
  let slot = 1;
  while (used.has(slot)) slot++;
  return slot;
}

function names(claims: readonly { agent: string }[]): string {
  return claims.map(({ agent }) => agent).join(" and ");
}
