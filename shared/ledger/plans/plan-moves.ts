/** What a plan does next. Pure: rows and facts in, moves out; the store makes them true. */
import type { PlanWait } from "./plan-draft.ts";

export type PlanState = "active" | "stuck" | "done" | "cancelled" | "expired";

export type Plan = {
  id: number;
  key: string;
  /** Who does its steps, and in whose voice it speaks. */
  agent: string;
  goal: string;
  /** Where it asks and tells; empty: where jobs speak. */
  room: string;
  /** Who wrote it. */
  by: string;
  /** Whose text was in the turn that wrote it. */
  sources: readonly { label: string; from: string }[];
  state: PlanState;
  because: string;
  /** How often it got stuck. */
  rounds: number;
  createdAt: number;
  changedAt: number;
  expiresAt: number;
  endedAt: number | null;
};

/** pending: something it needs has not succeeded yet. waiting: for what its `wait` says. working: an agent has it. */
export type PlanStepState = "pending" | "waiting" | "working" | "done" | "failed" | "skipped";

export type PlanStep = {
  plan: number;
  id: string;
  title: string;
  task: string;
  needs: readonly string[];
  wait: PlanWait | null;
  state: PlanStepState;
  /** How often it was begun. */
  tries: number;
  /** When its wait began. */
  since: number;
  /** When its time comes, or when a page is looked at again; null while nobody knows. */
  dueAt: number | null;
  checks: number;
  /** What ended its wait. */
  observed: string;
  result: string;
  because: string;
  changedAt: number;
};

/** What is known beyond the rows of the plan. */
export type PlanFacts = {
  now: number;
  /** How the assignment of a working step has ended; undefined while it has not. */
  endOf(step: PlanStep): { done: true; result: string } | { done: false; because: string } | undefined;
  /** What somebody said that this step has waited for; undefined while nobody has. */
  saidFor(step: PlanStep): { text: string; by: string } | undefined;
};

export type PlanMove =
  | { move: "wait"; step: string; dueAt: number | null }
  | { move: "work"; step: string; observed: string; by: string }
  | { move: "done"; step: string; observed: string; result: string; by: string }
  | { move: "fail"; step: string; because: string }
  | { move: "state"; state: Exclude<PlanState, "cancelled">; because: string };

const MINUTE_MS = 60_000;

/** Everything that is due now, in the order of the steps. Applying it may make more due: ask again until nothing is. */
export function movesOf(plan: Plan, steps: readonly PlanStep[], facts: PlanFacts): PlanMove[] {
  if (plan.endedAt !== null) return [];
  if (plan.expiresAt <= facts.now) return [{ move: "state", state: "expired", because: "its time was over" }];
  const states = new Map(steps.map(({ id, state }) => [id, state]));
  const moves = steps.flatMap((step) => moveOf(step, states, facts) ?? []);
  if (moves.length > 0) {
    return plan.state === "stuck" ? [{ move: "state", state: "active", because: "it goes on" }, ...moves] : moves;
  }
  const stands = standingOf(steps);
  return stands.state === plan.state ? [] : [{ move: "state", ...stands }];
}

function moveOf(step: PlanStep, states: ReadonlyMap<string, PlanStepState>, facts: PlanFacts): PlanMove | undefined {
  const { id: name, state, needs } = step;
  if (state === "pending" && needs.every((need) => hasSucceeded(states.get(need)))) return begin(step, facts.now);
  if (state === "waiting") return met(step, facts);
  if (state !== "working") return undefined;
  const end = facts.endOf(step);
  if (end === undefined) return undefined;
  return end.done
    ? { move: "done", step: name, observed: step.observed, result: end.result, by: "" }
    : { move: "fail", step: name, because: end.because };
}

/** A person who skips a step says that the others may go on without it. A step that merely ended says no such thing. */
function hasSucceeded(state: PlanStepState | undefined): boolean {
  return state === "done" || state === "skipped";
}

function begin(step: PlanStep, now: number): PlanMove {
  const { id, wait } = step;
  if (wait === null) return { move: "work", step: id, observed: "", by: "" };
  return { move: "wait", step: id, dueAt: dueOf(wait, now) };
}

/** When there is something to look at: at its time, at once for a page, unknown for what people do. */
function dueOf(wait: PlanWait, now: number): number | null {
  if (wait.kind === "time") return Date.parse(wait.at);
  if (wait.kind === "delay") return now + wait.minutes * MINUTE_MS;
  return wait.kind === "page" || wait.kind === "number" ? now : null;
}

function met(step: PlanStep, { now, saidFor }: PlanFacts): PlanMove | undefined {
  const { wait, dueAt } = step;
  if (wait?.kind === "time" || wait?.kind === "delay")
    return dueAt !== null && dueAt <= now ? onwards(step, "its time has come", "") : undefined;
  if (wait?.kind !== "person" && wait?.kind !== "reply") return undefined;
  const said = saidFor(step);
  return said === undefined ? undefined : onwards(step, said.text, said.by);
}

/** The wait is over: on to the task, or to the end of the step when there is none. */
export function onwards({ id, task }: Pick<PlanStep, "id" | "task">, observed: string, by: string): PlanMove {
  return task.trim() === ""
    ? { move: "done", step: id, observed, result: observed, by }
    : { move: "work", step: id, observed, by };
}

/** How a plan stands in which nothing moves by itself. */
function standingOf(steps: readonly PlanStep[]): { state: "active" | "stuck" | "done"; because: string } {
  if (steps.every(({ state }) => hasSucceeded(state))) return { state: "done", because: "every step is done" };
  if (steps.some(({ state }) => state === "waiting" || state === "working")) return { state: "active", because: "" };
  const failed = steps.filter(({ state }) => state === "failed").map(({ id }) => id);
  return { state: "stuck", because: `${failed.join(", ")} failed, and what is left needs it` };
}
