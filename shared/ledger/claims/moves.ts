/** How a claim moves from state to state, and how it ends when nobody moves it. Every function is a part of a write step. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { ALIVE_SQL } from "../agents.ts";
import type { Tell } from "../events.ts";
import { createNextFence } from "../fences.ts";
import { ALIVE_MS, DELIVERY_DOUBT_MS, GONE_MS, LEASE_MS } from "../limits.ts";
import type { PutOutcome } from "../outcomes.ts";
import type { Parcels } from "../parcels.ts";
import type { ClaimState, OutcomeKind } from "../types.ts";
import { OPEN_SQL, ROOT_SQL, type Row } from "./rows.ts";

/** What came of asking for a slot. `until` is when asking again can bring something else, if nothing changes before. */
export type Taking =
  | { kind: "held"; fence: number; attempt: number }
  | { kind: "waiting"; because: string; until: number }
  /** Its time has not come; nothing that is written meanwhile brings it forward. */
  | { kind: "early"; because: string; until: number }
  /** The claim has ended; its outcome is written. */
  | { kind: "ended"; state: ClaimState; because: string };

export interface Moves {
  /** Moves a claim on; the slot, the lease and the draft follow from the state. */
  move(row: Row, state: ClaimState, held?: { slot: number | null; fence: number }): void;
  /** Ends a claim, with its outcome. */
  end(row: Row, state: "yielded" | "withdrawn" | "passed" | "failed", outcome: OutcomeKind, because: string): Taking;
  /** Gives it the slot, under a new fence and a lease of LEASE_MS. */
  hold(row: Row, slot: number | null): Taking;
  /** Frees what a dead or frozen holder left, on one root or, with null, on all; returns how many claims that were. */
  expireStale(root: number | null): number;
  /** Ends what agents left that never came back; returns how many claims that were. */
  endAbandoned(): number;
  /** Whether there may be anything to expire or to end. A read. */
  anyToEnd(): boolean;
}

type Deps = { db: Database; clock: Clock; tell: Tell; putOutcome: PutOutcome; parcels: Parcels };

export function createMoves({ db, clock, tell, putOutcome, parcels }: Deps): Moves {
  const setState = db.prepare<[Record<string, string | number | null>]>(`
    UPDATE claims SET state = @state, slot = @slot, fence = @fence, lease_until = @leaseUntil, attempts = @attempts, changed_at = @now
    WHERE id = @id
  `);
  const nextFence = createNextFence(db);
  const dropDraft = db.prepare("DELETE FROM drafts WHERE claim = ?");
  // A lease from the far future was given before the clock jumped back; it is as stale as one that ran out.
  const stale = (which: string) =>
    db.prepare<[Record<string, number | null>], Row>(`
      SELECT claims.* FROM claims JOIN agents ON agents.name = claims.agent
      WHERE ${which} AND claims.state = 'holding'
        AND (claims.lease_until < @now OR claims.lease_until - @now > ${LEASE_MS} OR NOT ${ALIVE_SQL})
    `);
  // A part that was handed to a transport may yet appear, however long its sender is away, so its slot stays taken until
  // the sender is back and its random id settles it: I3 allows no other guess. What was never handed over is safe to cancel.
  const doubtful = (which: string) =>
    db.prepare<[Record<string, number | null>], Row>(`
      SELECT claims.* FROM claims JOIN agents ON agents.name = claims.agent
      WHERE ${which} AND claims.state = 'delivering'
        AND NOT ${ALIVE_SQL} AND abs(@now - claims.changed_at) > ${DELIVERY_DOUBT_MS}
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.claim = claims.id AND (outbox.state = 'sent' OR outbox.attempts > 0))
    `);
  // One statement for both would read the whole table: each has its own, and its own index.
  const ofOneRoot = [stale(ROOT_SQL), doubtful(ROOT_SQL)] as const;
  const ofAllRoots = [stale(OPEN_SQL), doubtful(OPEN_SQL)] as const;
  const abandoned = db.prepare<[Record<string, number>], Row>(`
    SELECT claims.* FROM claims JOIN agents ON agents.name = claims.agent
    WHERE ${OPEN_SQL} AND claims.state IN ('placed', 'expired')
      AND NOT ${ALIVE_SQL} AND abs(@now - agents.beat_at) > ${GONE_MS} AND abs(@now - claims.placed_at) > ${GONE_MS}
  `);

  function move(row: Row, state: ClaimState, held?: { slot: number | null; fence: number }): void {
    const now = clock.now();
    const keeps = state === "delivering" || state === "sent";
    setState.run({
      id: row.id,
      state,
      slot: held !== undefined ? held.slot : keeps ? row.slot : null,
      fence: held?.fence ?? row.fence,
      leaseUntil: held === undefined ? 0 : now + LEASE_MS,
      attempts: row.attempts + (held === undefined ? 0 : 1),
      now,
    });
    if (state !== "holding") dropDraft.run(row.id);
  }

  function end(
    row: Row,
    state: "yielded" | "withdrawn" | "passed" | "failed",
    outcome: OutcomeKind,
    because: string,
  ): Taking {
    move(row, state);
    putOutcome({ message: row.message, agent: row.agent, outcome, because });
    tell(`claim ${state}`, { message: row.message, agent: row.agent }, { claim: row.id, tier: row.tier, because });
    return { kind: "ended", state, because };
  }

  function expireStale(root: number | null): number {
    const now = clock.now();
    const [stale, doubtful] = root === null ? ofAllRoots : ofOneRoot;
    const expired = stale.all({ root, now });
    for (const row of expired) {
      move(row, "expired");
      tell("claim expired", { message: row.message, agent: row.agent }, { claim: row.id, fence: row.fence });
    }
    const unsent = doubtful.all({ root, now });
    for (const row of unsent) {
      parcels.cancel({ claim: row.id });
      move(row, "expired");
      tell("delivery given up", { message: row.message, agent: row.agent }, { claim: row.id, fence: row.fence });
    }
    return expired.length + unsent.length;
  }

  /**
   * I1: an agent that was removed or renamed never comes back to end what it began. It must be found gone for a while:
   * after the clock jumped ahead, or the machine slept, everybody seems to be until the next beat.
   */
  let suspected = new Map<number, number>();
  function endAbandoned(): number {
    const now = clock.now();
    const rows = abandoned.all({ now });
    suspected = new Map(rows.map(({ id }) => [id, suspected.get(id) ?? now]));
    const gone = rows.filter(({ id }) => Math.abs(now - (suspected.get(id) ?? now)) > ALIVE_MS);
    for (const row of gone) end(row, "withdrawn", "missed", `${row.agent} has been away since and did not come back`);
    return gone.length;
  }

  function hold(row: Row, slot: number | null): Taking {
    const fence = nextFence();
    move(row, "holding", { slot, fence });
    tell("claim held", { message: row.message, agent: row.agent }, { claim: row.id, tier: row.tier, slot, fence });
    return { kind: "held", fence, attempt: row.attempts + 1 };
  }

  return {
    move,
    end,
    hold,
    expireStale,
    endAbandoned,
    anyToEnd() {
      const now = clock.now();
      if (ofAllRoots.some((rows) => rows.get({ root: null, now }) !== undefined)) return true;
      if (abandoned.get({ now }) !== undefined) return true;
      suspected = new Map();
      return false;
    },
  };
}
