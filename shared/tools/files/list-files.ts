/** Lists the agent's workspace. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Workspace } from "./door.ts";

const SHOWN_MAX = 500;

export function listFiles(workspace: Workspace): Tool {
  return defineTool({
    name: "list-files",
    description: "The files and folders in your workspace, with their sizes.",
    input: z.strictObject({ folder: z.string().max(1_000).default("").describe("only below this folder") }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: true,
    run: async ({ folder }) => {
      const entries = await workspace.list(folder);
      if (entries.length === 0) return { text: "There is nothing." };
      const lines = entries
        .slice(0, SHOWN_MAX)
        .map(({ path, bytes }) => (path.endsWith("/") ? path : `${path} (${bytes} bytes)`));
      if (entries.length > SHOWN_MAX) lines.push(`… and ${entries.length - SHOWN_MAX} more`);
      return { text: lines.join("\n") };
    },
  });
}
