/** Looking at pages for steps that wait for what one says: by one supervisor at a time. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import type { Carry } from "./carry.ts";
import { onwards, type PlanStep } from "./plan-moves.ts";
import { type PlanRows, type StepRow, stepOf } from "./rows.ts";

/** A look at a page for a step: taken by one supervisor at a time. */
export type PlanLook = { plan: number; step: string; wait: PlanStep["wait"] & object };
/** What a look brought. */
export type Looked =
  | { met: true; observed: string }
  | { met: false; because: string }
  /** The page could not be had, or has no such place. */
  | { failed: string };

/** A look at a page takes less; a supervisor that died frees it so. */
const LOOK_LEASE_MS = 90_000;
/** Looks in a row that failed before a person is asked to look. */
const MISSES_MAX = 8;
const MINUTE_MS = 60_000;

export interface Looks {
  /** The next page to look at, leased to this caller. */
  take(owner: string): PlanLook | undefined;
  /** What the look brought; nothing when the lease was lost meanwhile. */
  looked(look: PlanLook, owner: string, looked: Looked): void;
}

type Deps = { db: Database; clock: Clock; rows: PlanRows; carry: Carry };

/** Both are parts of a write step of the ledger. */
export function createLooks({ db, clock, rows, carry: { make } }: Deps): Looks {
  const dueLook = db.prepare<[Record<string, number>], StepRow>(`
    SELECT plan_steps.* FROM plan_steps JOIN plans ON plans.id = plan
    WHERE ended_at IS NULL AND plan_steps.state = 'waiting' AND wait ->> 'kind' IN ('page', 'number')
      AND due_at <= @now AND NOT (lease_until > @now AND lease_until <= @now + ${LOOK_LEASE_MS})
    ORDER BY due_at LIMIT 1
  `);
  const lease = db.prepare(
    "UPDATE plan_steps SET owner = ?, lease_until = ?, checks = checks + 1 WHERE plan = ? AND step = ?",
  );
  const again = db.prepare(`
    UPDATE plan_steps SET due_at = @dueAt, misses = @misses, because = @because, lease_until = 0, changed_at = @now
    WHERE plan = @plan AND step = @step
  `);

  return {
    take(owner) {
      const row = dueLook.get({ now: clock.now() });
      const wait = row === undefined ? null : stepOf(row).wait;
      if (row === undefined || wait === null) return undefined;
      lease.run(owner, clock.now() + LOOK_LEASE_MS, row.plan, row.step);
      return { plan: row.plan, step: row.step, wait };
    },
    looked({ plan: id, step }, owner, looked) {
      const plan = rows.plan(id);
      const row = rows.step(id, step);
      if (plan === undefined || plan.endedAt !== null || row?.state !== "waiting") return;
      if (row.owner !== owner || row.lease_until === 0) return;
      const { wait } = stepOf(row);
      if (wait?.kind !== "page" && wait?.kind !== "number") return;
      if ("met" in looked && looked.met) {
        make(plan, onwards({ id: step, task: row.task }, looked.observed, ""));
        return;
      }
      const misses = "failed" in looked ? row.misses + 1 : 0;
      const because = "failed" in looked ? looked.failed : looked.because;
      if (misses >= MISSES_MAX) {
        make(plan, { move: "fail", step, because: `looked ${misses} times in a row: ${because}` });
        return;
      }
      const dueAt = clock.now() + wait.everyMinutes * MINUTE_MS;
      again.run({ plan: id, step, dueAt, misses, because, now: clock.now() });
    },
  };
}
