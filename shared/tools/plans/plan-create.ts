/** Writes a plan for work that takes longer than this turn: days, somebody's word, a page that changes. */
import { defineTool, type Tool } from "../../engine/index.ts";
import { planShape } from "../../ledger/index.ts";
import { type PlanDesk, roomOf, tellPlan } from "./desk.ts";

export function planCreate(desk: PlanDesk): Tool {
  const { ledger, agent } = desk;
  return defineTool({
    name: "plan-create",
    description:
      "Writes down work that takes longer than this turn: a goal, and steps that need each other or wait for a time, a person's word, a reply in the chat, a page that says something, a number that crosses a mark. You are called again for each step when it is due. Not for what you can do now.",
    input: planShape,
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    async run(draft, context) {
      const written = await ledger.plans.write({
        key: context.effectKey,
        agent,
        room: await roomOf(desk, context),
        by: agent,
        sources: context.sources,
        draft,
      });
      if (!written.planned) return { text: `No plan was written. ${written.because}` };
      return {
        text: `Written. The person can see and change it: kaos plans show ${written.plan.id}\n${tellPlan(written.plan)}`,
      };
    },
    async settled(_input, context) {
      const plan = await ledger.plans.find(context.effectKey);
      return plan === undefined ? undefined : { text: `Written.\n${tellPlan(plan)}` };
    },
  });
}
