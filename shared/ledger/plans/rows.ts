/** A plan and its steps as they stand in the tables, and reading them. */
import type { Database } from "../../sqlite/index.ts";
import { maybe } from "../maybe.ts";
import type { StepDraft } from "./plan-draft.ts";
import type { Plan, PlanStep } from "./plan-moves.ts";

export type PlanEvent = { step: string; what: string; because: string; by: string; at: number };
export type PlanStory = Plan & { steps: readonly PlanStep[]; events: readonly PlanEvent[] };

/** A row of `plans`. */
export type PlanRow = Omit<Plan, "sources" | "createdAt" | "changedAt" | "expiresAt" | "endedAt"> & {
  sources: string;
  told: number;
  created_at: number;
  changed_at: number;
  expires_at: number;
  ended_at: number | null;
};
/** A row of `plan_steps`. */
export type StepRow = Omit<PlanStep, "id" | "needs" | "wait" | "dueAt" | "changedAt"> & {
  step: string;
  place: number;
  needs: string;
  wait: string | null;
  after: number;
  due_at: number | null;
  misses: number;
  owner: string;
  lease_until: number;
  asked: number;
  changed_at: number;
};

export interface PlanRows {
  plan(id: number): Plan | undefined;
  /** The steps of a plan, in the order they were written. */
  steps(id: number): StepRow[];
  step(id: number, step: string): StepRow | undefined;
  story(id: number): PlanStory | undefined;
}

/** Reads plans inside a step of the ledger. */
export function readPlans(db: Database): PlanRows {
  const one = db.prepare<[number], PlanRow>("SELECT * FROM plans WHERE id = ?");
  const stepsOf = db.prepare<[number], StepRow>("SELECT * FROM plan_steps WHERE plan = ? ORDER BY place, step");
  const eventsOf = db.prepare<[number], PlanEvent>(
    "SELECT step, what, because, by, at FROM plan_events WHERE plan = ? ORDER BY id",
  );

  const plan = (id: number) => maybe(one.get(id), planFrom);

  return {
    plan,
    steps: (id) => stepsOf.all(id),
    step: (id, name) => stepsOf.all(id).find(({ step }) => step === name),
    story(id) {
      const found = plan(id);
      return found === undefined
        ? undefined
        : { ...found, steps: stepsOf.all(id).map(stepOf), events: eventsOf.all(id) };
    },
  };
}

/** The row of a step that is written. */
export function rowOf(plan: number, place: number, { id, title, task, needs, wait }: StepDraft, now: number) {
  const written = wait === undefined ? null : JSON.stringify(wait);
  return { plan, step: id, place, title, task: task.trim(), needs: JSON.stringify(needs), wait: written, now };
}

/** A step as it was written. */
export function draftOf({ id, title, task, needs, wait }: PlanStep): StepDraft {
  return { id, title, task, needs: [...needs], ...(wait === null ? {} : { wait }) };
}

/** The step of a row. */
export function stepOf({ step, needs, wait, due_at, changed_at, plan, title, task, state, ...row }: StepRow): PlanStep {
  const { tries, since, checks, observed, result, because } = row;
  return {
    plan,
    id: step,
    title,
    task,
    needs: JSON.parse(needs) as string[],
    wait: wait === null ? null : (JSON.parse(wait) as PlanStep["wait"]),
    state,
    tries,
    since,
    dueAt: due_at,
    checks,
    observed,
    result,
    because,
    changedAt: changed_at,
  };
}

/** The plan of a row. */
export function planFrom({ sources, told: _, created_at, changed_at, expires_at, ended_at, ...row }: PlanRow): Plan {
  return {
    ...row,
    sources: JSON.parse(sources) as Plan["sources"],
    createdAt: created_at,
    changedAt: changed_at,
    expiresAt: expires_at,
    endedAt: ended_at,
  };
}
