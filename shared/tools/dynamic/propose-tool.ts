/** Proposes a tool of the agent's own: a person reads its code and allows it, then it must pass its own example. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { CODE_CHARACTERS_MAX, CODE_IS } from "./run-code.ts";
import type { Sandbox } from "./sandbox.ts";
import { ownToolName, type Shelf } from "./shelf.ts";
import { tellRun } from "./tell-run.ts";

export function proposeTool(sandbox: Sandbox, shelf: Shelf): Tool {
  return defineTool({
    name: "propose-tool",
    description:
      "Propose a tool of your own that runs in the sandbox. A person sees exactly this and decides; then it is tried with its example and kept for use-own-tool.",
    input: z.strictObject({
      name: ownToolName.describe("for example count-words"),
      description: z.string().trim().min(10).max(500).describe("what it does, and what input it takes"),
      code: z.string().min(1).max(CODE_CHARACTERS_MAX).describe(CODE_IS),
      example: z.json().describe("an input that it must be able to work with"),
    }),
    effects: "local",
    // Never kept without a person's word: the approval holds this very code.
    risk: "risky",
    gate: "dynamic-tools",
    source: "outside",
    parallel: false,
    run: async (tool, { signal }) => {
      const ran = await sandbox.run({ code: tool.code, input: tool.example, signal });
      const told = tellRun(ran);
      const text = "text" in told ? told.text : "";
      if (!ran.ran) return { text: `${tool.name} is not kept, because its example did not work. ${text}` };
      await shelf.keep(tool);
      return { text: `${tool.name} is kept. With its example: ${text}` };
    },
    // Trying and keeping it again is harmless.
    settled: async () => undefined,
  });
}
