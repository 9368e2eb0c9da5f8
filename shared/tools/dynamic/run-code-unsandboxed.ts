/** Runs JavaScript that the agent wrote where there is no sandbox: a person opened a gate for that, and sees each piece of code. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { CODE_CHARACTERS_MAX, CODE_IS } from "./run-code.ts";
import { runWithoutSandbox, type Sandbox } from "./sandbox.ts";
import { tellRun } from "./tell-run.ts";

/** `codeAllowed`: whether agents may write code at all now, which is a gate of its own. */
export function runCodeUnsandboxed(sandbox: Sandbox, codeAllowed: () => boolean): Tool {
  return defineTool({
    name: "run-code-unsandboxed",
    description:
      "Run JavaScript on a machine without a sandbox, beside you and with a network; a person must allow each call. Use run-code wherever it works.",
    input: z.strictObject({
      code: z.string().min(1).max(CODE_CHARACTERS_MAX).describe(CODE_IS),
      input: z.json().default(null).describe("what the code is given, any JSON"),
    }),
    effects: "external",
    risk: "risky",
    gate: "dynamic-tools-unsandboxed",
    source: "outside",
    parallel: false,
    run: async ({ code, input }, { signal }) => {
      if (!codeAllowed())
        return {
          text: "Not done: it needs the gate dynamic-tools too, which is closed; ENABLE_DYNAMIC_TOOLS=true opens it.",
        };
      if ((await sandbox.missing()) === undefined) return { text: "Not done: there is a sandbox here. Use run-code." };
      const folder = await mkdtemp(join(tmpdir(), "kaos-code-"));
      try {
        return tellRun(await runWithoutSandbox({ code, input, signal }, folder));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  });
}
