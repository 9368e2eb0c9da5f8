/** Claims and slots: who may answer a root, decided in one transaction each time. The heart of the swarm. */
import { assert, type Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { createActivePause } from "../controls.ts";
import type { Tell } from "../events.ts";
import { CLAIM_ATTEMPTS_MAX, LEASE_MS, REACTION_COOLDOWN_MS } from "../limits.ts";
import { maybe } from "../maybe.ts";
import type { PutOutcome } from "../outcomes.ts";
import type { Parcels } from "../parcels.ts";
import type { Claim, Grounds, OutcomeKind, Tier } from "../types.ts";
import { createMoves, type Taking } from "./moves.ts";
import { fromRow, prepareAbout, type Row } from "./rows.ts";
import { createTake, type Terms } from "./take.ts";

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
  take(id: number, terms: Terms): Promise<Taking>;
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

/** Reactions placed longer ago are not looked at. */
const LOOK_BACK_MS = 60 * 60_000;

type Stores = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; putOutcome: PutOutcome; parcels: Parcels };

export function createClaims({ db, atomic, clock, tell, putOutcome, parcels }: Stores): Claims {
  const { read, write, writeLightly } = atomic;
  const moves = createMoves({ db, clock, tell, putOutcome, parcels });
  const { move, end, expireStale, endAbandoned, anyToEnd } = moves;
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
  const renew = db.prepare("UPDATE claims SET lease_until = ? WHERE id = ? AND fence = ? AND state = 'holding'");
  const draft = db.prepare(`
    INSERT INTO drafts (claim, fence, text, changed_at)
    SELECT id, fence, @text, @now FROM claims WHERE id = @id AND fence = @fence AND state = 'holding'
    ON CONFLICT (claim) DO UPDATE SET fence = excluded.fence, text = excluded.text, changed_at = excluded.changed_at
  `);
  const about = prepareAbout(db);
  const uncommit = db.prepare("DELETE FROM outbox WHERE claim = ? AND state = 'cancelled'");

  /** The row, if this fence still holds it and the message still stands. */
  function held(id: number, fence: number): { row: Row } | { because: string } {
    const row = get.get(id);
    if (row === undefined) return { because: "there is no such claim" };
    if (row.state !== "holding" || row.fence !== fence) {
      return { because: `the lease ran out and the claim is ${row.state} now` };
    }
    return { row };
  }

  const look = read(anyToEnd);
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
      assert(row !== undefined, "the claim that conflicted is there");
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
    take: write(createTake(db, clock, moves)),
    renew: writeLightly((id: number, fence: number) => renew.run(clock.now() + LEASE_MS, id, fence).changes === 1),
    draft: write(
      (id: number, fence: number, text: string) => draft.run({ id, fence, text, now: clock.now() }).changes === 1,
    ),
    commitReply: write((id: number, fence: number, { parts, by, failed }: Reply): Held => {
      const holding = held(id, fence);
      if ("because" in holding) return { held: false, because: holding.because };
      const { row } = holding;
      const message = about.get(row.message);
      const pause = activePause(row.agent, clock.now());
      if (message === undefined || message.deleted_at !== null) {
        end(row, "withdrawn", "declined", "the message was deleted while the answer was written");
        return { held: false, because: "the message was deleted" };
      }
      if (pause !== undefined) {
        end(row, "withdrawn", "blocked", pause);
        return { held: false, because: pause };
      }
      const { agent } = row;
      const { room, topic, message_id: replyTo } = message;
      const words = ["parcel", room, replyTo, agent];
      parcels.queue({ claim: id }, { agent, room, topic, replyTo, parts, words, by });
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
    sweep: async () => ((await look()) ? sweepNow() : 0),
    get: read((id: number) => maybe(get.get(id), fromRow)),
    open: read((agent: string) => open.all(agent).map(fromRow)),
    nearestReaction: read(
      (agent: string, root: number) => nearestReaction.get({ agent, root, now: clock.now() }) ?? undefined,
    ),
    ofRoot: read((root: number) => ofRoot.all(root).map(fromRow)),
    ofRoots: read((roots: readonly number[]) => ofRoots.all(JSON.stringify(roots)).map(fromRow)),
  };
}
