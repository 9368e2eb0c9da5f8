/** How a model says that it has nothing to add. A word in prose would only be a word. */
import { z } from "zod";
import { defineTool, type Tool } from "../engine/index.ts";

export const pass: Tool = defineTool({
  name: "pass",
  description:
    "Stay silent this time, because you have nothing useful to add. Ends the turn; nobody in the chat sees it.",
  input: z.strictObject({
    because: z.string().trim().min(1).max(300).describe("why silence is better, in one sentence"),
  }),
  effects: "none",
  risk: "safe",
  source: "trusted",
  parallel: false,
  run: async ({ because }) => ({ passed: because }),
});
