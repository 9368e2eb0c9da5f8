/** Writes a file of the agent's workspace. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { FILE_BYTES_MAX, type Workspace } from "./door.ts";

export function writeFile(workspace: Workspace): Tool {
  return defineTool({
    name: "write-file",
    description:
      "Write a whole text file in your workspace; folders on the way are made, a file that is there is replaced.",
    input: z.strictObject({
      path: z.string().min(1).max(1_000).describe("for example notes/plan.md"),
      text: z.string().max(FILE_BYTES_MAX).describe("the whole text"),
    }),
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    run: async ({ path, text }) => {
      await workspace.write(path, text);
      return { text: `Written: ${path}, ${Buffer.byteLength(text)} bytes.` };
    },
    // Writing the same again is harmless.
    settled: async () => undefined,
  });
}
