/** How an agent says that handed-over work is not its own: the work goes back to its giver, with the reason. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";

/** `onReturn` hears the reason; the turn ends. */
export function returnWork(onReturn: (because: string) => void): Tool {
  return defineTool({
    name: "return-work",
    description:
      "Give this work back to the colleague it came from, because it is not yours or cannot be done. Ends the turn; nobody in the chat sees it.",
    input: z.strictObject({
      because: z.string().trim().min(1).max(300).describe("why, in one sentence"),
    }),
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    run: async ({ because }) => {
      onReturn(because);
      return { passed: because };
    },
  });
}
