/** Lists the tools that the agent wrote itself. */
import { z } from "zod";
import { messageOf } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Shelf } from "./shelf.ts";

export function listOwnTools(shelf: Shelf): Tool {
  return defineTool({
    name: "list-own-tools",
    description: "The tools that you wrote yourself and that a person allowed, each with an example of its input.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    gate: "dynamic-tools",
    source: "outside",
    parallel: true,
    run: async () => {
      const names = await shelf.names();
      if (names.length === 0) return { text: "There is none yet; propose-tool makes one." };
      const lines = names.map(async (name) => {
        const tool = await shelf.get(name).catch((error: unknown) => messageOf(error));
        if (typeof tool === "string") return tool;
        return `${name}: ${tool.description} Example: ${JSON.stringify(tool.example)}`;
      });
      return { text: (await Promise.all(lines)).join("\n") };
    },
  });
}
