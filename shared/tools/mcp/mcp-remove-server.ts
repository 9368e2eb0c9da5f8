/** Removes an MCP server that was added while running, for every agent that uses it. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { McpDesk } from "./desk.ts";

export function mcpRemoveServer(desk: Pick<McpDesk, "remove">): Tool {
  return defineTool({
    name: "mcp-remove-server",
    description: "Remove an MCP server that was added while running. A person decides; those of mcp.json stay.",
    input: z.strictObject({ name: z.string().min(1).max(60).describe("its name, from mcp-list-servers") }),
    effects: "local",
    risk: "risky",
    gate: "mcp-management",
    source: "trusted",
    parallel: false,
    run: async ({ name }) => {
      const gone = await desk.remove(name);
      return { text: gone.removed ? `${name} is removed.` : `Not removed: ${gone.because}.` };
    },
    // Removing what is gone already is harmless.
    settled: async () => undefined,
  });
}
