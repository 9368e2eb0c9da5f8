/** What a tool is told about its call, for tests that are about something else. */
import type { ToolContext } from "../../shared/engine/index.ts";

export function toolContext(more: Partial<ToolContext> = {}): ToolContext {
  return {
    agent: "kronos",
    turnId: "t",
    callId: "c",
    effectKey: "k",
    sources: [],
    said: [],
    saidNow: [],
    seen: [],
    signal: new AbortController().signal,
    ...more,
  };
}
