/** Looks into the agent's memory for one question, beyond what was recalled for the message. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Place, type Remembered, told } from "./place.ts";

const TOKENS_MAX = 800;

export function recall(memory: Remembered, { reader }: Place): Tool {
  return defineTool({
    name: "recall",
    description: "What you remember about something, with ids and dates. Ask with the words it was said in.",
    input: z.strictObject({ question: z.string().min(1).max(1_000) }),
    effects: "none",
    risk: "safe",
    // What is remembered was said by people and read on pages.
    source: "outside",
    parallel: true,
    async run({ question }, { signal }) {
      const { recollections, missing } = await memory.recall(question, { reader, tokensMax: TOKENS_MAX, signal });
      memory.facts.used(recollections.map(({ fact }) => fact.id));
      return {
        text: told(
          recollections.map(({ line }) => line),
          missing,
        ),
      };
    },
  });
}
