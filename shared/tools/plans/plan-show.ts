/** Shows open plans, or one with its steps and what they have brought. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type PlanDesk, tellPlan } from "./desk.ts";

const LISTED_MAX = 20;

export function planShow({ ledger }: PlanDesk): Tool {
  return defineTool({
    name: "plan-show",
    description:
      "Open plans in a line each, or one plan with its steps, what they wait for and what they have brought.",
    input: z.strictObject({ plan: z.int().min(1).optional().describe("its number; left out: all open ones") }),
    effects: "none",
    risk: "safe",
    // What a page or a stranger said may stand in it.
    source: "outside",
    parallel: true,
    async run({ plan: id }) {
      if (id !== undefined) {
        const plan = await ledger.plans.get(id);
        return { text: plan === undefined ? `There is no plan ${id}.` : tellPlan(plan) };
      }
      const plans = await ledger.plans.list({ ended: false, limit: LISTED_MAX });
      if (plans.length === 0) return { text: "There are no open plans." };
      return {
        text: plans
          .map(({ id: number, agent, goal, state, steps }) => {
            const over = steps.filter((step) => step.state === "done" || step.state === "skipped").length;
            return `${number}. ${goal} (${agent}, ${state}, ${over} of ${steps.length} steps)`;
          })
          .join("\n"),
      };
    },
  });
}
