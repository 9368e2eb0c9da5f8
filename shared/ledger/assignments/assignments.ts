/** Work for one agent: given once, leased, tried again, and given up in the open. One mechanism for every kind. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { ALIVE_SQL } from "../agents.ts";
import type { Held, Reply } from "../claims/claims.ts";
import { createActivePause } from "../controls.ts";
import type { SayNow } from "../deliveries.ts";
import type { Tell } from "../events.ts";
import { createNextFence } from "../fences.ts";
import { ASSIGNMENT_AGAIN_MS, ASSIGNMENT_ATTEMPTS_MAX, ASSIGNMENT_DEADLINE_MS, LEASE_MS } from "../limits.ts";
import { maybe } from "../maybe.ts";
import type { Parcels } from "../parcels.ts";
import type { Assignment, AssignmentKind, AssignmentState } from "../types.ts";
import type { GiveNow, Given, Giving } from "./give.ts";
import { createSayLost } from "./lost.ts";
import { aboutOf, fromRow, OPEN_SQL, type Row } from "./rows.ts";

export interface Assignments {
  /** Gives work to an agent, up or not. Refused when the work has changed hands or the root been worked on too often. */
  give(giving: Giving): Promise<Given>;
  /** The next work of this agent that is due, of other kinds than these, under a new lease; undefined when there is none, or the agent is paused. */
  take(agent: string, without?: readonly AssignmentKind[]): Promise<Assignment | undefined>;
  /** When this agent's next work of other kinds is due; Infinity when none waits. */
  nextDue(agent: string, without?: readonly AssignmentKind[]): Promise<number>;
  /** The work goes on: the lease is LEASE_MS long again. */
  renew(id: number, fence: number): Promise<boolean>;
  /** Done without a word in the room: the result is for the giver. */
  finish(id: number, fence: number, done: { result: string | null; because: string }): Promise<Held>;
  /** Done with an answer for the room: outbox rows, one a part, under the fence. */
  commitReply(id: number, fence: number, reply: Reply): Promise<Held>;
  /** A person must decide on a call first: it waits, without a try lost, until that approval is decided or has expired. */
  park(id: number, fence: number, approval: number): Promise<Held>;
  /** Not my work, and why: it goes back to its giver. */
  reject(id: number, fence: number, because: string): Promise<Held>;
  /** This try failed: it waits for the next one, or is given up. */
  fail(id: number, fence: number, because: string): Promise<Held>;
  /** A process of this agent starts: what its former life was working on waits again. */
  recover(agent: string): Promise<number>;
  /** Ends what is past its deadline and frees stale leases, of every agent. Any process may, at any time. */
  sweep(): Promise<number>;
  get(id: number): Promise<Assignment | undefined>;
  ofMessage(message: number): Promise<Assignment[]>;
  /** The newest assignments, newest first. */
  latest(limit: number): Promise<Assignment[]>;
}

/** Where an answer goes; without a room it is the result. */
type Place = { room: string | null; topic: string | null; message_id: string | null; deleted_at: number | null };

type Stores = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; give: GiveNow; say: SayNow; parcels: Parcels };

export function createAssignments({ db, atomic, clock, tell, give, say, parcels }: Stores): Assignments {
  const { read, write, writeLightly } = atomic;
  const sayLost = createSayLost(db, clock, say);
  const activePause = createActivePause(db);
  const get = db.prepare<[number], Row>("SELECT * FROM assignments WHERE id = ?");
  const ofMessage = db.prepare<[number], Row>("SELECT * FROM assignments WHERE message = ? ORDER BY id");
  const latest = db.prepare<[number], Row>("SELECT * FROM assignments ORDER BY id DESC LIMIT ?");
  const next = db.prepare<[Record<string, string | number>], Row>(`
    SELECT * FROM assignments WHERE ${OPEN_SQL} AND agent = CAST(@agent AS TEXT) AND state = 'waiting' AND due_at <= @now
      AND deadline_at > @now AND kind NOT IN (SELECT value FROM json_each(@without))
    ORDER BY due_at, id LIMIT 1
  `);
  const nextDue = db
    .prepare<[string, string], number | null>(`
      SELECT min(due_at) FROM assignments
      WHERE ${OPEN_SQL} AND agent = CAST(? AS TEXT) AND state = 'waiting' AND kind NOT IN (SELECT value FROM json_each(?))
    `)
    .pluck();
  const setState = db.prepare<[Record<string, string | number | null>]>(`
    UPDATE assignments SET state = @state, fence = @fence, lease_until = @leaseUntil, attempts = @attempts, due_at = @dueAt,
      waits_for = NULL, result = coalesce(@result, result), because = @because, changed_at = @now
    WHERE id = @id
  `);
  const nextFence = createNextFence(db);
  const renew = db.prepare("UPDATE assignments SET lease_until = ? WHERE id = ? AND fence = ? AND state = 'working'");
  const place = db.prepare<[number], Place>("SELECT room, topic, message_id, deleted_at FROM messages WHERE seq = ?");
  const working = db.prepare<[string], Row>(
    `SELECT * FROM assignments WHERE ${OPEN_SQL} AND agent = ? AND state = 'working'`,
  );
  // As with claims: a lease from the far future was given before the clock jumped back.
  const stale = db.prepare<[Record<string, number>], Row>(`
    SELECT * FROM assignments WHERE ${OPEN_SQL} AND state = 'working' AND (lease_until < @now OR lease_until - @now > ${LEASE_MS})
  `);
  // As with claims: what was handed to a transport may yet appear, so only an answer that never was is given up.
  const overdue = db.prepare<[Record<string, number>], Row>(`
    SELECT assignments.* FROM assignments LEFT JOIN agents ON agents.name = assignments.agent
    WHERE ${OPEN_SQL} AND deadline_at <= @now AND (
      assignments.state IN ('waiting', 'working')
      OR assignments.state = 'delivering' AND NOT ${ALIVE_SQL} AND NOT EXISTS (
        SELECT 1 FROM outbox WHERE outbox.assignment = assignments.id AND (outbox.state = 'sent' OR outbox.attempts > 0)
      )
    )
  `);
  const waiting = db.prepare<[number], { expires_at: number }>(
    "SELECT expires_at FROM approvals WHERE id = ? AND state = 'pending'",
  );
  // A try that waits for a person is none.
  const parked = db.prepare<[Record<string, number>]>(`
    UPDATE assignments SET waits_for = @approval, attempts = attempts - 1, deadline_at = max(deadline_at, @deadlineAt)
    WHERE id = @id
  `);

  function move(
    row: Row,
    state: AssignmentState,
    more: { because?: string; result?: string | null; dueAt?: number } = {},
  ) {
    const now = clock.now();
    const starts = state === "working";
    setState.run({
      id: row.id,
      state,
      fence: starts ? nextFence() : row.fence,
      leaseUntil: starts ? now + LEASE_MS : 0,
      attempts: row.attempts + (starts ? 1 : 0),
      dueAt: more.dueAt ?? row.due_at,
      result: more.result ?? null,
      because: more.because ?? row.because,
      now,
    });
    tell(`assignment ${state}`, aboutOf(row), { assignment: row.id, kind: row.kind, because: more.because ?? "" });
  }

  /** Ends work that nobody does. A giver that waits for an answer in the room gets it back. */
  function giveUp(row: Row, state: "rejected" | "dead", because: string): void {
    move(row, state, { because });
    if (row.kind === "decided") sayLost(row, because);
    if (row.kind !== "hand-off" || row.message === null) return;
    give({
      key: `returned ${row.id}`,
      kind: "returned",
      agent: row.giver,
      giver: row.agent,
      message: row.message,
      depth: row.depth,
      task: `${row.task}\n\n${because}`,
      deadlineAt: clock.now() + ASSIGNMENT_DEADLINE_MS,
    });
  }

  function tryAgain(row: Row, because: string): void {
    if (row.attempts >= ASSIGNMENT_ATTEMPTS_MAX) giveUp(row, "dead", `tried ${row.attempts} times: ${because}`);
    else move(row, "waiting", { because, dueAt: clock.now() + ASSIGNMENT_AGAIN_MS });
  }

  /** Where the answer of this work goes; undefined when its message is not there. */
  function placeOf({ message, room }: Row): Place | undefined {
    return message === null ? { room, topic: null, message_id: null, deleted_at: null } : place.get(message);
  }

  /** Runs `change` if this fence still holds the assignment and its message, if it has one, still stands. */
  function underFence(id: number, fence: number, change: (row: Row, at: Place) => Held): Held {
    const row = get.get(id);
    if (row === undefined) return { held: false, because: "there is no such assignment" };
    if (row.state !== "working" || row.fence !== fence) {
      return { held: false, because: `the lease ran out and the assignment is ${row.state} now` };
    }
    const at = placeOf(row);
    if (at === undefined || at.deleted_at !== null) {
      move(row, "dead", { because: "the message was deleted" });
      return { held: false, because: "the message was deleted" };
    }
    return change(row, at);
  }

  const anyToEnd = read(() => {
    const now = clock.now();
    return overdue.get({ now }) !== undefined || stale.get({ now }) !== undefined;
  });
  const sweepNow = write(() => {
    const now = clock.now();
    const late = overdue.all({ now });
    for (const { id } of late) parcels.cancel({ assignment: id });
    for (const row of late) giveUp(row, "dead", `${row.agent} did not do it in time`);
    const left = stale.all({ now });
    for (const row of left) if (row.deadline_at > now) tryAgain(row, "its lease ran out");
    return late.length + left.length;
  });

  return {
    give: write(give),
    take: write((agent: string, without: readonly AssignmentKind[] = []) => {
      const now = clock.now();
      if (activePause(agent, now) !== undefined) return undefined;
      const row = next.get({ agent, now, without: JSON.stringify(without) });
      if (row === undefined) return undefined;
      if (placeOf(row)?.deleted_at !== null) {
        move(row, "dead", { because: "the message was deleted" });
        return undefined;
      }
      move(row, "working");
      return maybe(get.get(row.id), fromRow);
    }),
    nextDue: read(
      (agent: string, without: readonly AssignmentKind[] = []) =>
        nextDue.get(agent, JSON.stringify(without)) ?? Number.POSITIVE_INFINITY,
    ),
    renew: writeLightly((id: number, fence: number) => renew.run(clock.now() + LEASE_MS, id, fence).changes === 1),
    finish: write(
      (id: number, fence: number, done: { result: string | null; because: string }): Held =>
        underFence(id, fence, (row) => {
          move(row, "done", done);
          return { held: true };
        }),
    ),
    commitReply: write(
      (id: number, fence: number, { parts, by }: Reply): Held =>
        underFence(id, fence, (row, at) => {
          const pause = activePause(row.agent, clock.now());
          if (pause !== undefined) {
            move(row, "waiting", { because: pause });
            return { held: false, because: pause };
          }
          const { room } = at;
          if (room === null) {
            move(row, "done", { result: parts.join("\n\n"), because: "answered its giver" });
            return { held: true };
          }
          const { agent, key } = row;
          const words = ["parcel of an assignment", key];
          parcels.queue({ assignment: id }, { agent, room, topic: at.topic, replyTo: at.message_id, parts, words, by });
          move(row, "delivering");
          return { held: true };
        }),
    ),
    park: write(
      (id: number, fence: number, approval: number): Held =>
        underFence(id, fence, (row) => {
          const asked = waiting.get(approval);
          // Decided meanwhile: then it goes on at once.
          if (asked === undefined) move(row, "waiting", { because: "a person has decided", dueAt: clock.now() });
          else {
            move(row, "waiting", {
              because: "a person must decide first",
              dueAt: asked.expires_at + ASSIGNMENT_AGAIN_MS,
            });
            parked.run({ id, approval, deadlineAt: asked.expires_at + ASSIGNMENT_DEADLINE_MS });
          }
          return { held: true };
        }),
    ),
    reject: write(
      (id: number, fence: number, because: string): Held =>
        underFence(id, fence, (row) => {
          giveUp(row, "rejected", because);
          return { held: true };
        }),
    ),
    fail: write(
      (id: number, fence: number, because: string): Held =>
        underFence(id, fence, (row) => {
          tryAgain(row, because);
          return { held: true };
        }),
    ),
    recover: write((agent: string) => {
      const rows = working.all(agent);
      for (const row of rows) move(row, "waiting", { because: "its process was restarted", dueAt: clock.now() });
      return rows.length;
    }),
    // Looking is a read; only where something has to end is the write lock taken.
    sweep: async () => ((await anyToEnd()) ? sweepNow() : 0),
    get: read((id: number) => maybe(get.get(id), fromRow)),
    ofMessage: read((message: number) => ofMessage.all(message).map(fromRow)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}
