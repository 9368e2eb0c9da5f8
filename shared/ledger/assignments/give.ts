/** Giving work: once for each key, refused when it has changed hands or its root been worked on too often. */
import { assert, type Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import type { Tell } from "../events.ts";
import { ASSIGNMENTS_PER_ROOT_MAX, DEPTH_MAX } from "../limits.ts";
import type { Assignment, AssignmentKind } from "../types.ts";
import { aboutOf, fromRow, type Row } from "./rows.ts";

export type Giving = {
  /** The same key is the same work: giving it again returns what is there. */
  key: string;
  kind: AssignmentKind;
  agent: string;
  giver: string;
  /** The person's message that it goes back to; left out, no message began it. */
  message?: number;
  /** Without a message: where an answer goes; left out, what it says is its result. */
  room?: string;
  /** Whose text the task stands on, so that its turn has no more authority than they have. */
  sources?: Assignment["sources"];
  task: string;
  deadlineAt: number;
  /** One more than the work it comes from; 1 for new work. */
  depth?: number;
};

export type Given = { given: true; assignment: Assignment } | { given: false; because: string };

/** Kinds whose outcome is an answer in the room. What is given up or rejected of them must not end in silence. */
const ANSWERING: readonly AssignmentKind[] = ["hand-off", "returned", "escalation"];

/** Gives work inside a write step. */
export type GiveNow = (giving: Giving) => Given;

/** The giving end alone, for stores that give work in a step of their own. */
export function createGive(db: Database, clock: Clock, tell: Tell): GiveNow {
  const find = db.prepare<[string], Row>("SELECT * FROM assignments WHERE key = ?");
  const answeringOf = db
    .prepare<[number], number>(
      `SELECT count(*) FROM assignments WHERE message = ? AND kind IN (${ANSWERING.map((kind) => `'${kind}'`).join(", ")})`,
    )
    .pluck();
  const insert = db.prepare<[Record<string, string | number | null>], Row>(`
    INSERT INTO assignments
      (key, kind, agent, giver, message, room, sources, depth, task, state, due_at, deadline_at, given_at, changed_at)
    VALUES
      (@key, @kind, @agent, @giver, @message, @room, @sources, @depth, @task, 'waiting', @now, @deadlineAt, @now, @now)
    RETURNING *
  `);
  return ({ depth = 1, message = null, room = null, sources = [], ...giving }) => {
    const known = find.get(giving.key);
    if (known !== undefined) return { given: true, assignment: fromRow(known) };
    const { kind, giver } = giving;
    if (depth > DEPTH_MAX) {
      return { given: false, because: `this work has changed hands ${DEPTH_MAX} times already; answer it yourself` };
    }
    if (message !== null && ANSWERING.includes(kind) && (answeringOf.get(message) ?? 0) >= ASSIGNMENTS_PER_ROOT_MAX) {
      return {
        given: false,
        because: `colleagues were asked ${ASSIGNMENTS_PER_ROOT_MAX} times for this message already`,
      };
    }
    const row = insert.get({ ...giving, message, room, sources: JSON.stringify(sources), depth, now: clock.now() });
    assert(row !== undefined, "an assignment that is inserted is returned");
    tell("assignment given", aboutOf(row), { assignment: row.id, kind, giver, depth });
    return { given: true, assignment: fromRow(row) };
  };
}
