/** Reads numbers with tools of MCP servers; whether they are unusual is for the job to say. */
import { z } from "zod";
import { messageOf, numberAt } from "../../../base/index.ts";
import { toolName } from "../../../mcp/index.ts";
import { callTool, ToolUnusable } from "./call-tool.ts";
import { type Chore, Unable } from "./chore.ts";

const data = z.array(
  z.object({
    name: z.string(),
    server: z.string(),
    tool: z.string(),
    input: z.record(z.string(), z.unknown()),
    at: z.string(),
  }),
);

export const metricsPulse: Chore = async (speaking, { data: asked, key, sources }, signal) => {
  const counters: Record<string, number> = {};
  const problems: string[] = [];
  for (const { name, server, tool, input, at } of data.parse(asked)) {
    try {
      const call = { key: `${key}: ${name}`, tool: toolName(server, tool), input, sources };
      counters[name] = numberIn(await callTool(speaking, call, signal), at);
    } catch (error) {
      if (!(error instanceof ToolUnusable || error instanceof Unable)) throw error;
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  if (Object.keys(counters).length === 0) throw new Unable(problems.join("; "));
  const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
  return { changed: false, summary: `${Object.keys(counters).length} numbers read${trouble}`, counters };
};

/** The number at this path of a JSON text. Throws ToolUnusable when there is none. */
function numberIn(text: string, path: string): number {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ToolUnusable("the answer is no JSON");
  }
  const number = numberAt(answer, path);
  if (number === undefined) throw new ToolUnusable(`there is no number at ${path}`);
  return number;
}
