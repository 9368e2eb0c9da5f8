import { type Clock, cut, oneLine } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Item, Job } from "./job.ts";

type PlanStory = Awaited<ReturnType<Ledger["plans"]["list"]>>[number];
type Step = PlanStory["steps"][number];

const NAME = "stalled-plans";
const DAY_MS = 24 * 3_600_000;
/** A plan in which nothing happened for so long has stalled. */
const STALLED_FROM_MS = 3 * DAY_MS;
/** The same standstill is told again after this. */
const AGAIN_MS = 7 * DAY_MS;
const PLANS_MAX = 200;
const TASK_CHARACTERS_MAX = 200;

type Deps = { ledger: Pick<Ledger, "plans" | "jobs">; clock: Clock };

/** Impulse's nudge: plans that have not moved, each with the smallest step that would move it. */
export function stalledPlans({ ledger, clock }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 9 * * 1-5" },
    purpose: "tells which of your plans have not moved, with the smallest next step of each",
    timeoutMs: 60_000,
    missed: { kind: "within", ms: 12 * 3_600_000 },
    agent: "impulse",
    async run() {
      const now = clock.now();
      const open = await ledger.plans.list({ ended: false, limit: PLANS_MAX });
      const stalled = open.filter((plan) => now - movedAt(plan) >= STALLED_FROM_MS && !waitsForItsTime(plan, now));
      const keyOf = (plan: PlanStory) =>
        `${plan.id} ${Math.floor((now - movedAt(plan) - STALLED_FROM_MS) / AGAIN_MS)} ${movedAt(plan)}`;
      const known = new Set(await ledger.jobs.known(NAME, stalled.map(keyOf)));
      const fresh = stalled.filter((plan) => !known.has(keyOf(plan)));
      const counters = { plans: open.length, stalled: stalled.length, told: fresh.length };
      if (fresh.length === 0)
        return { changed: false, summary: `${open.length} plans, none newly at a standstill`, counters };
      return {
        changed: true,
        severity: "notable",
        summary: `${fresh.length} plans have not moved`,
        items: fresh.map((plan) => itemOf(plan, now)),
        evidence: fresh.map(({ id, goal }) => `plan ${id}: ${oneLine(goal)}`),
        counters,
        notes: fresh.map((plan) => ({ key: keyOf(plan), value: plan.goal })),
      };
    },
  };
}

/** When something last happened in it. */
function movedAt({ changedAt, steps, events }: PlanStory): number {
  // A look at a page that brought nothing changes a row and moves nothing.
  const happened = Math.max(0, ...events.map(({ at }) => at));
  return happened > 0 ? happened : Math.max(changedAt, ...steps.map((step) => step.changedAt));
}

/** Everything that is open waits for a moment that has not come: that is no standstill. */
function waitsForItsTime({ steps }: PlanStory, now: number): boolean {
  const waiting = steps.filter(({ state }) => state === "waiting");
  const others = steps.filter(({ state }) => state === "failed" || state === "working");
  return (
    others.length === 0 &&
    waiting.length > 0 &&
    waiting.every(({ dueAt, checks }) => checks === 0 && (dueAt ?? 0) > now)
  );
}

function itemOf(plan: PlanStory, now: number): Item {
  const days = Math.floor((now - movedAt(plan)) / DAY_MS);
  const next = nextOf(plan);
  return {
    title: cut(oneLine(plan.goal), TASK_CHARACTERS_MAX),
    text: `nothing for ${days} days. ${next === undefined ? "No step is open: end it, or add one." : `Next: ${wordStep(next)}`} (kaos plans show ${plan.id})`,
  };
}

/** The step that others wait for the most, nearest to being done: failed first, then what waits for the person, then the rest. */
function nextOf({ steps }: PlanStory): Step | undefined {
  const order = ["failed", "waiting", "working", "pending"] as const;
  const open = steps.filter(({ state }) => (order as readonly string[]).includes(state));
  return open.toSorted(
    (a, b) =>
      order.indexOf(a.state as (typeof order)[number]) - order.indexOf(b.state as (typeof order)[number]) ||
      a.needs.length - b.needs.length,
  )[0];
}

function wordStep({ id, title, state, because }: Step): string {
  const name = `${id}: ${cut(oneLine(title), TASK_CHARACTERS_MAX)}`;
  if (state === "failed") return `try again or skip ${name} (${cut(oneLine(because), TASK_CHARACTERS_MAX)})`;
  if (state === "waiting") return `${name} waits; give it what it waits for, or skip it`;
  return name;
}
