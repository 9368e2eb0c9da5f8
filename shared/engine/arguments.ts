/** What a model wrote as a call's arguments: parsed, checked, and compared. */
import { canonicalJson } from "../base/index.ts";
import type { ToolCall } from "./model.ts";
import type { Tool } from "./tool.ts";

export type ParsedInput = { ok: true; input: unknown } | { ok: false; because: string };

/** Complaints a model is told about at once; more would not help it. */
const COMPLAINTS_MAX = 5;

/** The arguments as the tool's input: JSON first, then the tool's own schema. Nothing at all counts as `{}`. */
export async function parseInput(tool: Tool, written: string): Promise<ParsedInput> {
  const json = parseJson(written);
  if (!json.ok) return json;
  const checked = await tool.input.safeParseAsync(json.input);
  if (checked.success) return { ok: true, input: checked.data };
  const complaints = checked.error.issues
    .slice(0, COMPLAINTS_MAX)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  return { ok: false, because: complaints.join("; ") };
}

/** The same for two calls of one tool whose arguments say the same, however they are spaced and ordered. */
export function sameness(call: ToolCall): string {
  const json = parseJson(call.arguments);
  return `${call.tool}\n${(json.ok ? canonical(json.input) : undefined) ?? call.arguments}`;
}

function parseJson(written: string): ParsedInput {
  if (written.trim() === "") return { ok: true, input: {} };
  try {
    return { ok: true, input: JSON.parse(written) };
  } catch (error) {
    return { ok: false, because: `the arguments are not valid JSON (${(error as Error).message})` };
  }
}

/** Undefined for what is nested too deep to write out. */
function canonical(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}
