/** Reads a file of the agent's workspace. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Workspace } from "./door.ts";

export function readFile(workspace: Workspace): Tool {
  return defineTool({
    name: "read-file",
    description: "The text of a file in your workspace. list-files shows what is there.",
    input: z.strictObject({ path: z.string().min(1).max(1_000).describe("for example notes/plan.md") }),
    effects: "none",
    risk: "safe",
    // What stands in a file may have come from anywhere.
    source: "outside",
    parallel: true,
    run: async ({ path }) => ({ text: await workspace.read(path) }),
  });
}
