/** Which tools an agent asked in a turn, read from its audit log. */
import type { Home } from "../../shared/config/index.ts";
import { readTail } from "../processes/tail.ts";

const READ_BYTES_MAX = 256 * 1_024;

export type ToolCallTold = { tool: string; args: string };

/** The calls of this claim's turns, in order. */
export function toolCallsOf(home: Home, agent: string, claim: number): ToolCallTold[] {
  const { text } = readTail(home.agent(agent).audit, 0, READ_BYTES_MAX);
  return text.split("\n").flatMap((line) => callIn(line, claim) ?? []);
}

function callIn(line: string, claim: number): ToolCallTold | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { event, turn, tool, arguments: args } = JSON.parse(line) as Record<string, unknown>;
    // A turn is named after its claim, whatever try it is.
    if (event !== "tool_call" || turn !== `claim ${claim}`) return undefined;
    return { tool: String(tool), args: argsText(args) };
  } catch {
    return undefined;
  }
}

/** Values alone: what the fields are called matters to the tool only. */
function argsText(args: unknown): string {
  if (typeof args !== "object" || args === null) return String(args ?? "");
  return Object.values(args).map(String).join(", ");
}
