/** Runs JavaScript that the agent wrote, in the sandbox and nowhere else. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Sandbox } from "./sandbox.ts";
import { tellRun } from "./tell-run.ts";

export const CODE_CHARACTERS_MAX = 20_000;

/** Said of every tool that takes code. */
export const CODE_IS =
  "the body of an async JavaScript function: `input` is what it is given, `require` gives modules of Node, `return` any JSON; what console.log prints is shown";

export function runCode(sandbox: Sandbox): Tool {
  return defineTool({
    name: "run-code",
    description:
      "Run JavaScript in a sandbox: no network, no files but a private /tmp, ten seconds. For sums, data and text that are too much for your head.",
    input: z.strictObject({
      code: z.string().min(1).max(CODE_CHARACTERS_MAX).describe(CODE_IS),
      input: z.json().default(null).describe("what the code is given, any JSON"),
    }),
    // Nothing gets out of the sandbox but the answer.
    effects: "none",
    risk: "safe",
    gate: "dynamic-tools",
    source: "outside",
    parallel: false,
    run: async ({ code, input }, { signal }) => tellRun(await sandbox.run({ code, input, signal })),
  });
}
