/** Changes a plan of this agent: passes on a person's word, skips, tries again, rewrites, ends it. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type PlanWritten, stepShape } from "../../ledger/index.ts";
import { type PlanDesk, tellPlan } from "./desk.ts";

const step = z.string().min(1).max(31).describe("the id of the step");

const change = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("answer"), step })
    .describe("what the person has just said to you is the answer that this step waits for"),
  z.strictObject({ kind: z.literal("skip"), step }),
  z.strictObject({ kind: z.literal("retry"), step }),
  z.strictObject({
    kind: z.literal("edit"),
    put: z.array(stepShape).max(30).default([]),
    remove: z.array(step).max(30).default([]),
  }),
  z.strictObject({ kind: z.literal("cancel"), because: z.string().trim().min(1).max(300) }),
]);

export function planUpdate({ ledger: { plans }, agent }: PlanDesk): Tool {
  return defineTool({
    name: "plan-update",
    description:
      "Changes a plan of yours because a person asked for it: answer (hands the person's present words to a step that waits for them), skip, retry, edit, cancel.",
    input: z.strictObject({ plan: z.int().min(1), change }),
    effects: "local",
    risk: "safe",
    source: "outside",
    parallel: false,
    async run({ plan: id, change: wanted }, { saidNow, sources }) {
      const plan = await plans.get(id);
      if (plan === undefined) return { text: `There is no plan ${id}.` };
      if (plan.agent !== agent)
        return { text: `Plan ${id} is ${plan.agent}'s. Ask ${plan.agent}, or hand the message over.` };
      const done = await apply();
      return { text: done.planned ? tellPlan(done.plan) : `Nothing was changed. ${done.because}` };

      async function apply(): Promise<PlanWritten> {
        switch (wanted.kind) {
          case "answer": {
            // The words are the person's own, as they were said: a model cannot answer for somebody.
            const words = saidNow.join("\n").trim();
            if (words === "") return { planned: false, because: "No person has said anything in this turn." };
            return plans.answer(id, wanted.step, words, agent, sources);
          }
          case "skip":
            return plans.skip(id, wanted.step, agent, sources);
          case "retry":
            return plans.retry(id, wanted.step, agent, sources);
          case "edit":
            return plans.edit(id, wanted, agent, sources);
          case "cancel":
            return plans.cancel(id, agent, wanted.because);
        }
      }
    },
  });
}
