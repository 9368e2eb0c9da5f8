/** Uses a tool that the agent wrote itself, in the sandbox and nowhere else. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Shelf } from "./shelf.ts";
import { tellRun } from "./tell-run.ts";

export function useOwnTool(sandbox: Sandbox, shelf: Shelf): Tool {
  return defineTool({
    name: "use-own-tool",
    description: "Use one of the tools that you wrote yourself; list-own-tools shows them.",
    input: z.strictObject({
      name: z.string().min(1).max(60).describe("the tool's name"),
      input: z.json().default(null).describe("what it is given, any JSON"),
    }),
    effects: "none",
    risk: "safe",
    gate: "dynamic-tools",
    source: "outside",
    parallel: false,
    run: async ({ name, input }, { signal }) => {
      const { code } = await shelf.get(name);
      return tellRun(await sandbox.run({ code, input, signal }));
    },
  });
}
