/** Claims and slots: who may answer a root, decided in one transaction each time. The heart of the swarm. */
import { type Clock, stableId } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { ALIVE_SQL } from "./agents.ts";
import { createActivePause } from "./controls.ts";
import type { Tell } from "./events.ts";
import {
  ALIVE_MS,
  CLAIM_ATTEMPTS_MAX,
  DECIDE_GRACE_MS,
  DELIVERY_DOUBT_MS,
  ETA_MAX_MS,
  GONE_MS,
  LEASE_MS,
  OVERDUE_MS,
  PEER_REPLIES_MAX,
  REACTION_COOLDOWN_MS,
} from "./limits.ts";
import type { PutOutcome } from "./outcomes.ts";
import type { Claim, ClaimState, Grounds, OutcomeKind, Tier } from "./types.ts";

export type Bid = {
  message: number;
  root: number;
  agent: string;
  tier: Tier;
  eta: number;
  because: string;
  /** The owner of the subject: this claim waits while the owner may yet answer, and ends when it has. */
  defersTo?: string | null;
  /** What the decision depended on, for replay. */
  standing?: Grounds;
};

/** What came of asking for a slot. `until` is when asking again can bring something else, if nothing changes before. */
export type Taking =
  | { kind: "held"; fence: number; attempt: number }
  | { kind: "waiting"; because: string; until: number }
  /** Its time has not come; nothing that is written meanwhile brings it forward. */
  | { kind: "early"; because: string; until: number }
  /** The claim has ended; its outcome is written. */
  | { kind: "ended"; state: ClaimState; because: string };

/** Whether a holder's write counted. It does not when its lease ran out and the slot was given on, or the message was deleted. */
export type Held<Result = object> = ({ held: true } & Result) | { held: false; because: string };

export type Reply = {
  parts: readonly string[];
  /** Which model wrote it, or "notice". */
  by: string;
  /** The turn failed, and the reply only tells the person so: the outcome is `failed`, for this reason. */
  failed?: string;
};

export interface Claims {
  /** Places a bid; the same bid again changes nothing. A claim whose lease ran out is placed again: a volunteer's CLAIM_ATTEMPTS_MAX times at most, an addressed agent's until it has answered. */
  place(bid: Bid): Promise<Claim>;
  /** Takes a slot, in one step: expire what is stale, count the slots in use, rank the waiting, hold or wait. */
  take(id: number, options: { cap: number }): Promise<Taking>;
  /** The turn goes on: the lease is LEASE_MS long again. */
  renew(id: number, fence: number): Promise<boolean>;
  /** What the answer looks like so far, for those who watch. */
  draft(id: number, fence: number, text: string): Promise<boolean>;
  /** Hands the answer over for delivery: outbox rows, one a part, under the fence. */
  commitReply(id: number, fence: number, reply: Reply): Promise<Held>;
  /** The holder looked and has nothing to add. */
  pass(id: number, fence: number, because: string): Promise<Held>;
  /** The holder's turn failed. */
  fail(id: number, fence: number, because: string): Promise<Held>;
  /** Ends a claim that does not hold, with this outcome. */
  withdraw(id: number, outcome: OutcomeKind, because: string): Promise<void>;
  /** An agent's process starts: what its former life held is expired, so that it can be placed again at once. */
  recover(agent: string): Promise<number>;
  /** Expires every stale claim of every root and settles deliveries of the dead. Any process may, at any time. */
  sweep(): Promise<number>;
  get(id: number): Promise<Claim | undefined>;
  /** Claims of this agent that have not ended. */
  open(agent: string): Promise<Claim[]>;
  /**
   * How long before or after this root, by when the persons' messages were said, the nearest other lies on which this agent
   * reacted to a colleague; undefined if there is none. A later one counts once it is under way. Survives a restart.
   */
  nearestReaction(agent: string, root: number): Promise<number | undefined>;
  /** All claims on a root, in the order they were placed. */
  ofRoot(root: number): Promise<Claim[]>;
  /** All claims on these roots, in the order they were placed. */
  ofRoots(roots: readonly number[]): Promise<Claim[]>;
}

export type Row = Omit<Claim, "defersTo" | "leaseUntil" | "placedAt" | "changedAt"> & {
  defers_to: string | null;
  lease_until: number;
  placed_at: number;
  changed_at: number;
};

/** Reactions placed longer ago are not looked at. */
const LOOK_BACK_MS = 60 * 60_000;

type Stores = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; putOutcome: PutOutcome };

export function createClaims({ db, atomic: { read, write, writeQuietly }, clock, tell, putOutcome }: Stores): Claims {
  const activePause = createActivePause(db);
  const get = db.prepare<[number], Row>("SELECT * FROM claims WHERE id = ?");
  const ofRoot = db.prepare<[number], Row>("SELECT * FROM claims WHERE root = CAST(? AS INTEGER) ORDER BY id");
  const ofRoots = db.prepare<[string], Row>(
    "SELECT * FROM claims WHERE root IN (SELECT value FROM json_each(?)) ORDER BY id",
  );
  const open = db.prepare<[string], Row>(
    "SELECT * FROM claims WHERE agent = CAST(? AS TEXT) AND state IN ('placed', 'holding', 'delivering', 'expired') ORDER BY id",
  );
  // By when the persons' messages were said, not by when anybody got round to them: so the speed of a model changes nothing.
  const nearestReaction = db
    .prepare<[Record<string, string | number>], number | null>(`
    SELECT min(abs(other.said_at - mine.said_at))
    FROM messages AS mine, claims JOIN messages AS other ON other.seq = claims.root
    WHERE mine.seq = @root AND claims.agent = CAST(@agent AS TEXT) AND claims.tier = 3 AND claims.root <> @root
      AND claims.state <> 'withdrawn' AND claims.placed_at > @now - ${LOOK_BACK_MS}
      AND (other.said_at <= mine.said_at OR claims.state <> 'placed')
  `)
    .pluck();
  const laterReactions = db.prepare<[Record<string, string | number>], Row>(`
    SELECT claims.* FROM messages AS mine, claims JOIN messages AS other ON other.seq = claims.root
    WHERE mine.seq = @root AND claims.agent = CAST(@agent AS TEXT) AND claims.tier = 3 AND claims.state = 'placed'
      AND other.said_at > mine.said_at AND other.said_at - mine.said_at < ${REACTION_COOLDOWN_MS}
  `);
  const insert = db.prepare<[Record<string, string | number | null>], Row>(`
    INSERT INTO claims (message, root, agent, tier, eta, state, because, defers_to, placed_at, changed_at)
    VALUES (@message, @root, @agent, @tier, @eta, 'placed', @because, @defersTo, @now, @now)
    ON CONFLICT (message, agent) DO NOTHING
    RETURNING *
  `);
  const find = db.prepare<[number, string], Row>("SELECT * FROM claims WHERE message = ? AND agent = ?");
  const setState = db.prepare<[Record<string, string | number | null>]>(`
    UPDATE claims SET state = @state, slot = @slot, fence = @fence, lease_until = @leaseUntil, attempts = @attempts, changed_at = @now
    WHERE id = @id
  `);
  const nextFence = db.prepare<[], number>("UPDATE fences SET last = last + 1 RETURNING last").pluck();
  const renew = db.prepare("UPDATE claims SET lease_until = ? WHERE id = ? AND fence = ? AND state = 'holding'");
  const draft = db.prepare(`
    INSERT INTO drafts (claim, fence, text, changed_at)
    SELECT id, fence, @text, @now FROM claims WHERE id = @id AND fence = @fence AND state = 'holding'
    ON CONFLICT (claim) DO UPDATE SET fence = excluded.fence, text = excluded.text, changed_at = excluded.changed_at
  `);
  const dropDraft = db.prepare("DELETE FROM drafts WHERE claim = ?");
  const about = db.prepare<
    [number],
    { room: string; topic: string | null; message_id: string; sender_kind: string; deleted_at: number | null }
  >("SELECT room, topic, message_id, sender_kind, deleted_at FROM messages WHERE seq = ?");
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
  const cancelParcels = db.prepare(
    "UPDATE outbox SET state = 'cancelled' WHERE claim = ? AND state IN ('queued', 'sending')",
  );
  const queue = db.prepare<[Record<string, string | number | null>]>(`
    INSERT INTO outbox (claim, agent, room, topic, reply_to, part, text, random_id, state, due_at, queued_at, by)
    VALUES (@claim, @agent, @room, @topic, @replyTo, @part, @text, @randomId, 'queued', @now, @now, @by)
  `);
  const uncommit = db.prepare("DELETE FROM outbox WHERE claim = ? AND state = 'cancelled'");

  /** Moves a claim on; the slot, the lease and the draft follow from the state. */
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
      cancelParcels.run(row.id);
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
    const fence = nextFence.get() ?? 0;
    move(row, "holding", { slot, fence });
    tell("claim held", { message: row.message, agent: row.agent }, { claim: row.id, tier: row.tier, slot, fence });
    return { kind: "held", fence, attempt: row.attempts + 1 };
  }

  /** The row, if this fence still holds it and the message still stands. */
  function held(id: number, fence: number): { row: Row } | { because: string } {
    const row = get.get(id);
    if (row === undefined) return { because: "there is no such claim" };
    if (row.state !== "holding" || row.fence !== fence) {
      return { because: `the lease ran out and the claim is ${row.state} now` };
    }
    return { row };
  }

  const take = write((id: number, { cap }: { cap: number }): Taking => {
    const now = clock.now();
    const row = get.get(id);
    if (row === undefined) return { kind: "ended", state: "withdrawn", because: "there is no such claim" };
    if (row.state !== "placed") return { kind: "ended", state: row.state, because: row.because };

    const message = about.get(row.message);
    if (message === undefined || message.deleted_at !== null) {
      return end(row, "withdrawn", "declined", "the message was deleted before anybody answered");
    }
    const pause = activePause(row.agent, now);
    if (pause !== undefined) return end(row, "withdrawn", "blocked", pause);

    const due = row.eta - now > ETA_MAX_MS ? now : row.eta;
    if (due > now) return { kind: "early", because: "its time has not come", until: due };

    if (row.tier === 1) {
      if (message.sender_kind === "agent" && (repliesTo.get(row.root) ?? 0) >= PEER_REPLIES_MAX) {
        return end(row, "yielded", "lost", `this exchange already has ${PEER_REPLIES_MAX} replies of agents`);
      }
      return hold(row, null);
    }

    expireStale(row.root);
    if (row.defers_to !== null) {
      const owner = ownersClaim.get({ message: row.message, owner: row.defers_to, now });
      if (owner?.state === "sent") {
        return end(row, "yielded", "lost", `${row.defers_to}, who owns the subject, had answered already`);
      }
      if (owner !== undefined && owner.alive === 1 && mayYetAnswer(owner, now)) {
        return wait(now, `${row.defers_to} owns the subject and comes first`);
      }
    }
    const slots = slotsOf.all(row.root);
    const sent = slots.filter(({ state }) => state === "sent");
    if (sent.length >= cap) {
      return end(row, "yielded", "lost", `${names(sent)} had answered already`);
    }
    const holder = slots.find(({ state }) => state === "holding");
    if (holder !== undefined) return wait(now, `${holder.agent} is answering`);
    if (slots.length >= cap) return wait(now, `${names(slots)} took the slots`);
    // From when it was placed, when judging took longer than the wait: so the slowest model changes nothing.
    const ready = Math.max(due, Math.min(row.placed_at, now));
    const slow = now < ready + DECIDE_GRACE_MS ? undecided.get({ message: row.message, now }) : undefined;
    if (slow !== undefined) return wait(now, `${slow} has not decided yet`);
    const first = front.get({ root: row.root, id, now, freedAt: lastChange.get(row.root) ?? 0 });
    if (first !== undefined && first.id !== id) return wait(now, `${first.agent} comes first`);
    return hold(row, freeSlot(slots));
  });

  const sweepNow = write(() => expireStale(null) + endAbandoned());

  return {
    place: write(({ standing, ...bid }: Bid) => {
      const placed = insert.get({ ...bid, defersTo: bid.defersTo ?? null, now: clock.now() });
      if (placed !== undefined) {
        const { tier, eta, because, defersTo } = bid;
        const about = { message: bid.message, agent: bid.agent };
        tell("claim placed", about, { claim: placed.id, tier, eta, because, defersTo, standing });
        // One reaction in a while: the one to what was said first.
        for (const later of tier === 3 ? laterReactions.all({ agent: bid.agent, root: bid.root }) : []) {
          end(later, "withdrawn", "declined", `${bid.agent} reacts to what a colleague answered to an earlier message`);
        }
        return fromRow(placed);
      }
      const row = find.get(bid.message, bid.agent);
      if (row === undefined) throw new Error("the claim that conflicted is gone");
      if (row.state === "expired") {
        if (row.attempts >= CLAIM_ATTEMPTS_MAX && row.tier > 1) {
          end(row, "failed", "failed", `lost its lease ${row.attempts} times while answering`);
        } else {
          uncommit.run(row.id);
          move(row, "placed");
          tell(
            "claim placed again",
            { message: row.message, agent: row.agent },
            { claim: row.id, attempts: row.attempts },
          );
        }
      }
      return fromRow(get.get(row.id) ?? row);
    }),
    take,
    renew: writeQuietly((id: number, fence: number) => renew.run(clock.now() + LEASE_MS, id, fence).changes === 1),
    draft: write(
      (id: number, fence: number, text: string) => draft.run({ id, fence, text, now: clock.now() }).changes === 1,
    ),
    commitReply: write((id: number, fence: number, { parts, by, failed }: Reply): Held => {
      const holding = held(id, fence);
      if ("because" in holding) return { held: false, because: holding.because };
      const { row } = holding;
      const now = clock.now();
      const message = about.get(row.message);
      const pause = activePause(row.agent, now);
      if (message === undefined || message.deleted_at !== null) {
        end(row, "withdrawn", "declined", "the message was deleted while the answer was written");
        return { held: false, because: "the message was deleted" };
      }
      if (pause !== undefined) {
        end(row, "withdrawn", "blocked", pause);
        return { held: false, because: pause };
      }
      for (const [index, text] of parts.entries()) {
        queue.run({
          claim: id,
          agent: row.agent,
          room: message.room,
          topic: message.topic,
          replyTo: message.message_id,
          part: index + 1,
          text,
          randomId: stableId("parcel", message.room, message.message_id, row.agent, index + 1),
          now,
          by,
        });
      }
      move(row, "delivering");
      // The first outcome stays: the delivery that follows does not turn a failed turn into an answer.
      if (failed !== undefined)
        putOutcome({ message: row.message, agent: row.agent, outcome: "failed", because: failed });
      tell("reply committed", { message: row.message, agent: row.agent }, { claim: id, fence, parts: parts.length });
      return { held: true };
    }),
    pass: write((id: number, fence: number, because: string): Held => {
      const holding = held(id, fence);
      if ("because" in holding) return { held: false, because: holding.because };
      end(holding.row, "passed", "passed", because);
      return { held: true };
    }),
    fail: write((id: number, fence: number, because: string): Held => {
      const holding = held(id, fence);
      if ("because" in holding) return { held: false, because: holding.because };
      end(holding.row, "failed", "failed", because);
      return { held: true };
    }),
    withdraw: write((id: number, outcome: OutcomeKind, because: string) => {
      const row = get.get(id);
      if (row !== undefined && (row.state === "placed" || row.state === "expired"))
        end(row, "withdrawn", outcome, because);
    }),
    recover: write((agent: string) => {
      const held = open.all(agent).filter(({ state }) => state === "holding");
      for (const row of held) {
        move(row, "expired");
        tell("claim expired", { message: row.message, agent }, { claim: row.id, fence: row.fence, restarted: true });
      }
      return held.length;
    }),
    // Looking is a read; only where something may have to end is the write lock taken.
    async sweep() {
      const now = clock.now();
      const [stale, doubtful] = ofAllRoots;
      const toEnd = [stale, doubtful].some((rows) => rows.get({ root: null, now }) !== undefined);
      if (toEnd || abandoned.get({ now }) !== undefined) return sweepNow();
      suspected = new Map();
      return 0;
    },
    get: read((id: number) => {
      const row = get.get(id);
      return row === undefined ? undefined : fromRow(row);
    }),
    open: read((agent: string) => open.all(agent).map(fromRow)),
    nearestReaction: read(
      (agent: string, root: number) => nearestReaction.get({ agent, root, now: clock.now() }) ?? undefined,
    ),
    ofRoot: read((root: number) => ofRoot.all(root).map(fromRow)),
    ofRoots: read((roots: readonly number[]) => ofRoots.all(JSON.stringify(roots)).map(fromRow)),
  };
}

/** Claims that have not ended, in the words of the index that holds them. */
const OPEN_SQL = "claims.state IN ('placed', 'holding', 'delivering', 'expired')";

/** Claims on one root. */
const ROOT_SQL = "claims.root = CAST(@root AS INTEGER)";

/** Nothing in the ledger says when this changes: the caller looks again at the next change, or after a second. */
const LOOK_AGAIN_MS = 1_000;

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

export function fromRow({ defers_to, lease_until, placed_at, changed_at, ...row }: Row): Claim {
  return { ...row, defersTo: defers_to, leaseUntil: lease_until, placedAt: placed_at, changedAt: changed_at };
}
