/** Gives the person's message to a colleague, who answers it in the chat or gives it back. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { ASSIGNMENT_DEADLINE_MS } from "../../ledger/index.ts";
import { aboutOf, type Desk, type Errand, notColleagues } from "./errand.ts";

const TASK_CHARACTERS_MAX = 1_000;

export function handOver({ ledger, clock }: Desk, errand: Errand): Tool {
  return defineTool({
    name: "hand-over",
    description:
      "Give the message you are answering to a colleague whose work it is. The colleague answers in the chat, or gives it back to you with a reason. Use it when the colleague would do it better, not to avoid work.",
    input: z.strictObject({
      to: z.string().trim().min(1).max(60).describe("the colleague's name"),
      task: z
        .string()
        .trim()
        .min(1)
        .max(TASK_CHARACTERS_MAX)
        .describe("what is to be done, with everything the colleague needs to know from you"),
    }),
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    run: async ({ to, task }) => {
      const wrong = notColleagues(errand, [to]);
      if (wrong !== undefined) return { text: `Not handed over: ${wrong}.` };
      const given = await ledger.assignments.give({
        key: `${errand.key}: hand-off to ${to}`,
        kind: "hand-off",
        agent: to,
        giver: errand.agent,
        ...aboutOf(errand),
        depth: errand.depth + 1,
        task,
        deadlineAt: clock.now() + ASSIGNMENT_DEADLINE_MS,
      });
      if (!given.given) return { text: `Not handed over: ${given.because}.` };
      return {
        text: `Handed over to ${to} as assignment ${given.assignment.id}. Now tell the person in one short sentence that ${to} takes it; do not answer it yourself.`,
      };
    },
  });
}
