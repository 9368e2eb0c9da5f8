/** What an agent asked tools for and what came of it, read from its audit log as it is being written. */
import type { Home } from "../../shared/config/index.ts";
import { readTail } from "../processes/tail.ts";

const READ_BYTES_MAX = 256 * 1_024;

export type ToolCallTold = { tool: string; args: string };

/** The calls of this claim's turns that ran, in order. */
export function toolCallsOf(home: Home, agent: string, claim: number): ToolCallTold[] {
  // A turn is named after its claim, whatever try it is.
  return linesOf(home, agent)
    .filter((line) => isAllowed(line) && line["turn"] === `claim ${claim}`)
    .map(({ tool, arguments: args }) => ({ tool: String(tool), args: argsText(args) }));
}

export type Effects = {
  /** Calls that were let through to the tool: what waited for a person's word was not. */
  intents: number;
  /** Calls that the tool has done. */
  outcomes: number;
};

/** How often this agent has used this tool. */
export function effectsOf(home: Home, agent: string, tool: string): Effects {
  const lines = linesOf(home, agent).filter((line) => line["tool"] === tool);
  return {
    intents: lines.filter(isAllowed).length,
    outcomes: lines.filter(({ class: ended }) => ended === "ok").length,
  };
}

function isAllowed({ event, decision }: Record<string, unknown>): boolean {
  return event === "tool_call" && (decision as { allow?: unknown }).allow === true;
}

/** Whole lines; the last one may still be written. */
function linesOf(home: Home, agent: string): Record<string, unknown>[] {
  const { text } = readTail(home.agent(agent).audit, 0, READ_BYTES_MAX);
  return text.split("\n").flatMap((line): Record<string, unknown>[] => {
    try {
      return line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
}

/** Values alone, each once: what the fields are called matters to the tool only. */
function argsText(args: unknown): string {
  if (typeof args !== "object" || args === null) return String(args ?? "");
  return [...new Set(Object.values(args).map(String))].join(", ");
}
