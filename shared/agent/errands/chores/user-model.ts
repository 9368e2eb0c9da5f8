/** Looks over what this agent supposes of people, against what they have said. */
import { cut } from "../../../base/index.ts";
import type { Chore } from "./chore.ts";

const SHOWN_MAX = 5;
const TEXT_CHARACTERS_MAX = 200;

export const userModel: Chore = async ({ memory, purse }, { job, dryRun }, signal) => {
  if (memory === undefined) return { changed: false, summary: "it remembers nothing" };
  const model = purse("lite", { purpose: job, message: null, room: `job ${job}` });
  const { changes, proposed, asked, because } = await memory.model.reflect({ model, dryRun, signal });
  const people = await memory.model.people();
  const supposed = (await Promise.all(people.map((person) => memory.model.hypotheses(person)))).flat();
  const changed = supposed.filter(({ id }) => changes.some((change) => change.id === id));
  const counters = { people: people.length, supposed: supposed.length, changed: changes.length, proposed, asked };
  if (dryRun || changes.length === 0)
    return { changed: false, summary: because || `${supposed.length} suppositions stand as they were`, counters };
  return {
    changed: true,
    severity: "info",
    summary: `${changes.length} suppositions about people changed${because === "" ? "" : `; ${because}`}`,
    items: changed.slice(0, SHOWN_MAX).map(({ text, state, confidence, id }) => ({
      title: cut(text, TEXT_CHARACTERS_MAX),
      text: `${state}, ${Math.round(confidence * 100)} %: ${changes.find((change) => change.id === id)?.because ?? ""}`,
    })),
    evidence: changes.map(({ id, because: why }) => `#${id}: ${why}`),
    counters,
  };
};
