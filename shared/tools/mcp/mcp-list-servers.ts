/** Lists the agent's MCP servers: what runs, how it is, and what may be removed. */
import { z } from "zod";
import { cut, oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { McpDesk } from "./desk.ts";

const TOLD_CHARACTERS_MAX = 300;

export function mcpListServers(desk: Pick<McpDesk, "servers">): Tool {
  return defineTool({
    name: "mcp-list-servers",
    description: "Your MCP servers: how each is, what it offers, and whether it was added while running.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    gate: "mcp-management",
    // Why a server is broken is told in its own words.
    source: "outside",
    parallel: true,
    run: async () => {
      const lines = desk.servers().map(({ name, runs, health, because, tools, added }) => {
        const offers = tools.length === 0 ? "no tools" : tools.join(", ");
        return `${name} (${cut(oneLine(runs), TOLD_CHARACTERS_MAX)}): ${health}, ${cut(oneLine(because), TOLD_CHARACTERS_MAX)}; offers ${offers}${added ? "; added while running" : ""}`;
      });
      return { text: lines.join("\n") || "You have no MCP servers." };
    },
  });
}
