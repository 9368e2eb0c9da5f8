/** What of the plans waits for a person: the navigation counts it, the overview names it. */
import type { Ledger, PlanStep } from "../../shared/ledger/index.ts";

export type PlanWaits = { plan: number; agent: string; goal: string; what: string };

/** Open plans that are looked through. */
export const OPEN_PLANS_MAX = 50;

/** Questions of steps, and plans that go no further by themselves. */
export async function readPlanWaits(ledger: Ledger): Promise<PlanWaits[]> {
  const open = await ledger.plans.list({ ended: false, limit: OPEN_PLANS_MAX });
  return open.flatMap(({ id, agent, goal, state, because, steps }) => {
    const of = { plan: id, agent, goal };
    const asked = steps.filter(asksSomebody).map(({ wait, title }) => ({
      ...of,
      what: wait?.kind === "person" ? wait.question : title,
    }));
    return state === "stuck" ? [{ ...of, what: because }, ...asked] : asked;
  });
}

export function asksSomebody({ state, wait }: PlanStep): boolean {
  return state === "waiting" && wait?.kind === "person";
}
