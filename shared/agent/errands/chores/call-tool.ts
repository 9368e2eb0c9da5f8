/** One call of a tool without a model: through the same gate, record and limits as a call in a turn. */
import { OperationalError } from "../../../base/index.ts";
import { type Completion, type Model, noUsage, runTurn, type Source } from "../../../engine/index.ts";
import type { Speaking } from "../../speaking.ts";
import { Unable } from "./chore.ts";

/** A tool that a job needs was refused, or failed. */
export class ToolUnusable extends OperationalError {
  override readonly name = "ToolUnusable";
}

type Call = { key: string; tool: string; input: object; sources: readonly Source[] };

/** What the tool said. Rejects with Unable where there is no such tool, else with ToolUnusable; a person reads the sentence. */
export async function callTool(
  speaking: Speaking,
  { key, tool, input, sources }: Call,
  signal: AbortSignal,
): Promise<string> {
  const { agent, limits, gate, journal, clock, sanitize } = speaking;
  const tools = speaking.tools().filter(({ name }) => name === tool);
  if (tools.length === 0)
    throw new Unable(`${agent} has no tool ${tool}; check its server in mcp.json with \`kaos mcp list\``);
  const heard: { kind: string; text: string }[] = [];
  const end = await runTurn({
    id: key,
    agent,
    model: saying(key, tool, input),
    systemPrompt: "",
    entries: [],
    tools,
    limits,
    gate,
    journal,
    clock,
    sanitize,
    sources: [...sources],
    onEvent: (event) => {
      if (event.kind === "result") heard.push(event.outcome);
    },
    signal,
  });
  signal.throwIfAborted();
  const [outcome] = heard;
  if (outcome?.kind === "ok") return outcome.text;
  throw new ToolUnusable(`${tool}: ${outcome?.text ?? ("because" in end ? end.because : "it was not called")}`);
}

/** A model that knows its one line: it asks for the call, and has nothing to add. */
function saying(key: string, tool: string, input: object): Model {
  let asked = false;
  return {
    async complete(): Promise<Completion> {
      const calls = asked ? [] : [{ id: `call ${key}`, tool, arguments: JSON.stringify(input) }];
      asked = true;
      return { kind: "completed", text: calls.length === 0 ? "done" : "", calls, usage: noUsage, by: "job" };
    },
  };
}
