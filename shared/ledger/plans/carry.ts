/** Making the moves of plans true. Every function is a part of a write step of the ledger. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import type { GiveNow } from "../assignments/give.ts";
import type { Tell } from "../events.ts";
import { movesOf, type Plan, type PlanFacts, type PlanMove, type PlanStep } from "./plan-moves.ts";
import { type PlanRows, type StepRow, stepOf } from "./rows.ts";

/** An agent that is away has so long to come back and do its step. */
const STEP_DEADLINE_MS = 24 * 60 * 60_000;
const RESULT_CHARACTERS_MAX = 8_000;
/** Of what ended a wait, in the story of a plan; the step itself keeps all of it. */
const OBSERVED_CHARACTERS_MAX = 200;

/** The key of a step's assignment: another try is other work. */
const keyOf = (plan: number, step: string, tries: number) => `plan ${plan} step ${step} try ${tries}`;

/** The key under which a person is asked, each try anew. */
export const askKey = (plan: number, step: string, tries: number): string => `plan ${plan} asks ${step} ${tries}`;

/** What becomes of a step; what is left out is as good as empty, but for what it has observed. */
type Became = { state: PlanStep["state"]; observed?: string; result?: string; because?: string; dueAt?: number | null };

export interface Carry {
  /** Every move of a plan that is due now. */
  due(plan: number): PlanMove[];
  make(plan: Plan, move: PlanMove): void;
  makeState(plan: Plan, state: Plan["state"], because: string, by?: string): void;
  moveStep(row: StepRow, to: Became): void;
  /** Takes back the work of a step that somebody is at. */
  callBack(row: StepRow, because: string): void;
  /** Writes into the story of a plan, and tells it. */
  happened(plan: number, step: string, what: string, because?: string, by?: string): void;
}

type Deps = { db: Database; clock: Clock; tell: Tell; give: GiveNow; rows: PlanRows };

export function createCarry({
  db,
  clock,
  tell,
  give,
  rows: { plan: planOf, steps: stepsOf, step: stepNamed },
}: Deps): Carry {
  const setStep = db.prepare(`
    UPDATE plan_steps SET state = @state, observed = @observed, result = @result, because = @because, due_at = @dueAt,
      lease_until = 0, changed_at = @now
    WHERE plan = @plan AND step = @step
  `);
  const beginWait = db.prepare(`
    UPDATE plan_steps SET since = @now, after = (SELECT coalesce(max(seq), 0) FROM messages), tries = tries + 1, misses = 0,
      asked = 0
    WHERE plan = @plan AND step = @step
  `);
  const beginWork = db.prepare("UPDATE plan_steps SET tries = tries + 1 WHERE plan = ? AND step = ?");
  const setPlan = db.prepare(`
    UPDATE plans SET state = @state, because = @because, changed_at = @now, told = @told, rounds = rounds + @round,
      ended_at = CASE WHEN @state IN ('active', 'stuck') THEN NULL ELSE @now END
    WHERE id = @id
  `);
  const note = db.prepare("INSERT INTO plan_events (plan, step, what, because, by, at) VALUES (?, ?, ?, ?, ?, ?)");
  const assignment = db.prepare<[string], { state: string; result: string | null; because: string }>(
    "SELECT state, result, because FROM assignments WHERE key = ?",
  );
  const callBack = db.prepare(`
    UPDATE assignments SET state = 'dead', lease_until = 0, waits_for = NULL, because = @because, changed_at = @now
    WHERE key = @key AND state IN ('waiting', 'working')
  `);
  // The first word in the plan's room since the wait began, of the person it waits for.
  const reply = db.prepare<[Record<string, string | number>], { text: string; by: string }>(`
    SELECT text, sender_name AS by FROM messages
    WHERE room = @room AND seq > @after AND sender_kind <> 'agent' AND sender_kind <> 'stranger' AND deleted_at IS NULL
      AND (@from = '' OR sender_name = @from COLLATE NOCASE OR sender_id = @from)
    ORDER BY seq LIMIT 1
  `);
  // A person's question is answered by replying to it, wherever the transport has put it.
  const replyTo = db.prepare<[string], { text: string; by: string }>(`
    SELECT text, sender_name AS by FROM messages
    WHERE sender_kind IN ('owner', 'allowed') AND deleted_at IS NULL AND (room, reply_to) IN (
      SELECT outbox.room, sent_id FROM outbox JOIN deliveries ON deliveries.id = outbox.delivery
      WHERE deliveries.key = ? AND sent_id IS NOT NULL
    )
    ORDER BY seq LIMIT 1
  `);

  function factsOf(plan: Plan, rows: readonly StepRow[]): PlanFacts {
    const rowOf = (step: PlanStep) => rows.find((row) => row.step === step.id);
    return {
      now: clock.now(),
      endOf(step) {
        const ended = assignment.get(keyOf(plan.id, step.id, step.tries));
        if (ended?.state === "done") return { done: true, result: ended.result ?? "" };
        if (ended?.state === "dead" || ended?.state === "rejected") return { done: false, because: ended.because };
        return undefined;
      },
      saidFor(step) {
        const { wait, tries } = step;
        if (wait?.kind === "person") return replyTo.get(askKey(plan.id, step.id, tries));
        if (wait?.kind !== "reply") return undefined;
        return reply.get({ room: plan.room, after: rowOf(step)?.after ?? 0, from: wait.from });
      },
    };
  }

  function happened(plan: number, step: string, what: string, because = "", by = ""): void {
    note.run(plan, step, what, because, by, clock.now());
    const agent = planOf(plan)?.agent;
    tell(`plan ${what}`, agent === undefined ? {} : { agent }, { plan, step, because });
  }

  function moveStep(row: StepRow, to: Became): void {
    setStep.run({
      plan: row.plan,
      step: row.step,
      state: to.state,
      observed: to.observed ?? row.observed,
      result: (to.result ?? "").slice(0, RESULT_CHARACTERS_MAX),
      because: to.because ?? "",
      dueAt: to.dueAt ?? null,
      now: clock.now(),
    });
  }

  function make(plan: Plan, move: PlanMove): void {
    if (move.move === "state") {
      makeState(plan, move.state, move.because);
      return;
    }
    const row = stepNamed(plan.id, move.step);
    if (row === undefined) return;
    switch (move.move) {
      case "wait":
        beginWait.run({ plan: plan.id, step: row.step, now: clock.now() });
        moveStep(row, { state: "waiting", dueAt: move.dueAt });
        happened(plan.id, row.step, "waits");
        break;
      case "work":
        beginWorkOf(plan, row, move);
        break;
      case "done":
        moveStep(row, { state: "done", observed: move.observed, result: move.result });
        happened(plan.id, row.step, "done", "", move.by);
        break;
      case "fail":
        moveStep(row, { state: "failed", because: move.because });
        happened(plan.id, row.step, "failed", move.because);
        break;
    }
  }

  /** The agent gets the step as an assignment in the same step of the ledger, so that it is given once. */
  function beginWorkOf(plan: Plan, row: StepRow, { observed, by }: Extract<PlanMove, { move: "work" }>): void {
    beginWork.run(plan.id, row.step);
    moveStep(row, { state: "working", observed });
    happened(plan.id, row.step, "begun", observed.slice(0, OBSERVED_CHARACTERS_MAX), by);
    const given = give({
      key: keyOf(plan.id, row.step, row.tries + 1),
      kind: "step",
      agent: plan.agent,
      giver: "swarm",
      sources: plan.sources,
      task: JSON.stringify({ plan: plan.id, step: row.step }),
      deadlineAt: clock.now() + STEP_DEADLINE_MS,
    });
    if (!given.given) make(plan, { move: "fail", step: row.step, because: given.because });
  }

  function makeState(plan: Plan, state: Plan["state"], because: string, by = ""): void {
    const stuck = state === "stuck";
    setPlan.run({
      id: plan.id,
      state,
      because,
      now: clock.now(),
      told: state === "active" ? 1 : 0,
      round: stuck ? 1 : 0,
    });
    if (state !== "active" && state !== "stuck")
      for (const row of stepsOf(plan.id)) callBackOf(row, `the plan is ${state}`);
    happened(plan.id, "", state, because, by);
  }

  function callBackOf({ plan, step, tries, state }: StepRow, because: string): void {
    if (state === "working") callBack.run({ key: keyOf(plan, step, tries), because, now: clock.now() });
  }

  function dueOf(id: number): PlanMove[] {
    const plan = planOf(id);
    if (plan === undefined) return [];
    const rows = stepsOf(id);
    return movesOf(plan, rows.map(stepOf), factsOf(plan, rows));
  }

  return { due: dueOf, make, makeState, moveStep, callBack: callBackOf, happened };
}
