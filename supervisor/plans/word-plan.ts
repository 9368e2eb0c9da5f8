/** What a plan says to people: a question, that it does not go on, and at its end one summary. */
import { cut, oneLine } from "../../shared/base/index.ts";
import type { PlanStep, PlanStory, PlanWord } from "../../shared/ledger/index.ts";

const RESULT_CHARACTERS_MAX = 300;

export function wordPlan(story: PlanStory, { about, step }: Pick<PlanWord, "about" | "step">): string {
  const { id, goal, steps } = story;
  const head = `Plan ${id}, “${goal}”`;
  if (about === "question")
    return question(
      head,
      id,
      steps.find((one) => one.id === step),
    );
  if (about === "stuck") return stuck(head, story);
  return [
    `${head}, ${ENDS[story.state] ?? story.state}${story.because === "" ? "" : ` (${story.because})`}.`,
    ...steps.map(line),
  ].join("\n");
}

const ENDS: Readonly<Record<string, string>> = {
  done: "is done",
  cancelled: "was cancelled",
  expired: "is closed",
};

function question(head: string, id: number, step: PlanStep | undefined): string {
  const asks = step?.wait?.kind === "person" ? step.wait.question : "";
  return `${head}, waits for you: ${asks}\n\n— Reply to this message, or: kaos plans answer ${id} ${step?.id ?? ""} "…"`;
}

function stuck(head: string, { id, steps }: PlanStory): string {
  const failed = steps.filter(({ state }) => state === "failed");
  return [
    `${head}, does not go on.`,
    ...failed.map(({ title, because }) => `• ${title}: ${cut(oneLine(because), RESULT_CHARACTERS_MAX)}`),
    "",
    ...failed.map((step) => `— kaos plans retry ${id} ${step.id}, or: kaos plans skip ${id} ${step.id}`),
  ].join("\n");
}

function line({ title, state, result, because }: PlanStep): string {
  const said = oneLine(result === "" ? because : result).trim();
  return `• ${title}: ${state}${said === "" ? "" : `. ${cut(said, RESULT_CHARACTERS_MAX)}`}`;
}
