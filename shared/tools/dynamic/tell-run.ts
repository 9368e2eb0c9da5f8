/** What a model reads of a run of code. */
import type { ToolResult } from "../../engine/index.ts";
import type { Ran } from "./sandbox.ts";

const RESULT_CHARACTERS_MAX = 20_000;
const PRINTED_CHARACTERS_MAX = 8_000;

export function tellRun(ran: Ran): ToolResult {
  const printed =
    ran.printed === "" || (!ran.ran && ran.why === "died")
      ? ""
      : `\nPrinted:\n${shorten(ran.printed, PRINTED_CHARACTERS_MAX)}`;
  if (!ran.ran) return { text: `Not done: ${shorten(ran.because, PRINTED_CHARACTERS_MAX)}.${printed}` };
  return { text: `Result: ${shorten(JSON.stringify(ran.value), RESULT_CHARACTERS_MAX)}${printed}` };
}

function shorten(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax)}… (${text.length - charactersMax} characters more)`;
}
