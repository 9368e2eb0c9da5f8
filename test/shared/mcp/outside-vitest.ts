/** What the tests of MCP share with programs that they start, where there is no vitest. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToolContext } from "../../../shared/engine/index.ts";

/** Writes an `mcp.json` with these servers and tells where it lies. */
export function writeConfig(folder: string, mcpServers: Record<string, object>): string {
  const file = join(folder, "mcp.json");
  writeFileSync(file, JSON.stringify({ mcpServers }));
  return file;
}

export function contextOf(signal: AbortSignal): ToolContext {
  return {
    agent: "kronos",
    turnId: "t1",
    callId: "c1",
    effectKey: "e1",
    sources: [],
    said: [],
    saidNow: [],
    seen: [],
    signal,
  };
}
