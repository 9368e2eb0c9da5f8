/** Asks a person something that the work cannot go on without, and waits for the answer as it waits for a yes: through restarts. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Ledger } from "../../ledger/index.ts";

const QUESTION_CHARACTERS_MAX = 500;
const CHOICES_MAX = 8;

export type AskingDeps = { ledger: Pick<Ledger, "approvals">; agent: string };

/** The question is an approval, so it stands in the room, the terminal and the control room; what is written with it is the answer. */
export function askPerson({ ledger: { approvals }, agent }: AskingDeps): Tool {
  return defineTool({
    name: "ask-person",
    description:
      "Ask a person one question that this work cannot go on without, and wait for the answer as long as any approval waits. In a conversation ask in your answer instead. A no means: go on without it, or say what is missing.",
    input: z.strictObject({
      question: z.string().trim().min(1).max(QUESTION_CHARACTERS_MAX),
      choices: z
        .array(z.string().trim().min(1).max(100))
        .max(CHOICES_MAX)
        .optional()
        .describe("answers to choose from, if there are few"),
    }),
    effects: "none",
    // Every risky call waits for a person's word: here the word is all there is to it.
    risk: "risky",
    because: "wants your words: write them behind the number of your yes",
    source: "trusted",
    parallel: false,
    run: async ({ question, choices = [] }, { turnId, callId }) => {
      const asked = await approvals.ofCall(agent, turnId, callId);
      const said = asked?.state === "granted" ? asked.said.trim() : "";
      if (said === "")
        return {
          text: `They agreed, without a word on “${question}”. Take your own best guess${choices.length > 0 ? ` among ${choices.join(", ")}` : ""}, and say that you did.`,
        };
      return { text: `${asked?.by} answers: ${said}` };
    },
  });
}
