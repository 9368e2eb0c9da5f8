/** What the tools on plans share: where a plan belongs, and how a model reads one. */
import { cut, oneLine } from "../../base/index.ts";
import type { ToolContext } from "../../engine/index.ts";
import { type Ledger, type PlanStep, type PlanStory, tellWait } from "../../ledger/index.ts";

export type PlanDesk = { ledger: Pick<Ledger, "plans" | "messages">; agent: string };

const RESULT_CHARACTERS_MAX = 600;

/** The room that the turn answers in, if the ledger knows it: a plan of a private chat stays out of every room. */
export async function roomOf({ ledger }: PlanDesk, { chat }: Pick<ToolContext, "chat">): Promise<string> {
  if (chat === undefined) return "";
  const [room = ""] = chat.split("/");
  for (const one of [chat, room]) if ((await ledger.messages.latest(one, 1)).length > 0) return one;
  return "";
}

/** A plan in lines, with what each step has brought. */
export function tellPlan({ id, goal, agent, state, because, steps }: PlanStory): string {
  return [
    `Plan ${id} of ${agent}: ${goal} (${state}${because === "" ? "" : `: ${because}`})`,
    ...steps.map(tellStep),
  ].join("\n");
}

function tellStep({ id, title, state, needs, wait, result, because }: PlanStep): string {
  const parts = [
    ...(needs.length === 0 ? [] : [`needs ${needs.join(", ")}`]),
    ...(wait === null ? [] : [`waits for ${tellWait(wait)}`]),
    ...(because === "" ? [] : [because]),
    ...(result === "" ? [] : [`brought: ${cut(oneLine(result), RESULT_CHARACTERS_MAX)}`]),
  ];
  return `- ${id} [${state}] ${title}${parts.length === 0 ? "" : ` (${parts.join("; ")})`}`;
}
