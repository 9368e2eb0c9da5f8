/** Finds what was said in earlier conversations, word for word. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Place, type Remembered, told } from "./place.ts";

const FOUND_MAX = 10;
/** Recollections looked through for those that were said. */
const LOOKED_AT = 60;

export function searchSessions(memory: Remembered, { reader }: Place): Tool {
  return defineTool({
    name: "search-sessions",
    description: "What was said in earlier conversations here, word for word, with ids and dates.",
    input: z.strictObject({ words: z.string().min(1).max(1_000).describe("words that were said") }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: true,
    async run({ words }, { signal }) {
      const options = { reader, limit: LOOKED_AT, tokensMax: Number.POSITIVE_INFINITY, signal };
      const { recollections, missing } = await memory.recall(words, options);
      const said = recollections.filter(({ fact }) => fact.kind === "said").slice(0, FOUND_MAX);
      return {
        text: told(
          said.map(({ line }) => line),
          missing,
        ),
      };
    },
  });
}
