/** Carries out one step of a plan: its task, with what earlier steps brought and what ended its wait; its answer is the step's result. */
import { z } from "zod";
import { cut } from "../../base/index.ts";
import { addSource, type Entry, noUsage, type Source } from "../../engine/index.ts";
import type { PlanStep, PlanStory } from "../../ledger/index.ts";
import { returnWork } from "../../tools/index.ts";
import { note } from "../context.ts";
import type { Speaking } from "../speaking.ts";
import { turnOf } from "../turn.ts";
import { type Errand, standingOn, toAnswer } from "./errand.ts";

const order = z.object({ plan: z.int(), step: z.string() });

/** Characters of one earlier step's result that are told. */
const RESULT_CHARACTERS_MAX = 3_000;

export const doStep: Errand = async (speaking, assignment, signal) => {
  const { plan: id, step: name } = order.parse(JSON.parse(assignment.task));
  const plan = await speaking.ledger.plans.get(id);
  const step = plan?.steps.find((one) => one.id === name);
  if (plan === undefined || step === undefined || step.state !== "working")
    return {
      kind: "returned",
      because: `step ${name} of plan ${id} is not to be done any more`,
      usage: noUsage,
      by: undefined,
    };

  let returned: string | undefined;
  const giveBack = returnWork((because) => {
    returned = because;
  });
  const end = await turnOf(speaking, {
    about: { message: null, depth: assignment.depth, key: `assignment ${assignment.id}`, mayPass: false },
    purpose: "step",
    entries: entriesFor(speaking, plan, step),
    sources: sourcesOf(standingOn(assignment, speaking), plan, step),
    more: [giveBack],
    signal,
  });
  const used = { usage: end.usage, by: end.by };
  if (end.kind === "passed") return { kind: "returned", because: returned ?? end.because, ...used };
  const done = toAnswer(end);
  if (done.kind !== "answer") return done;
  const result = speaking.validate(done.text).trim();
  return result === ""
    ? { kind: "failed", because: "it gave no words", ...used }
    : { kind: "result", result, because: "did its step", ...used };
};

function entriesFor({ clock, sanitize }: Speaking, { goal, steps }: PlanStory, step: PlanStep): Entry[] {
  const before = steps.filter(({ id, result }) => step.needs.includes(id) && result !== "");
  return [
    note(
      "You carry out one step of a plan that you wrote down earlier. Nobody in a chat reads what you write: it is kept as what this step brought, and later steps read it. Do what the step says, then say what came of it in a few sentences. If it cannot be done, call return-work and say why. The plan's goal:",
      goal,
    ),
    ...before.map(({ id, result }) =>
      note(`What the step ${id} brought:`, sanitize(cut(result, RESULT_CHARACTERS_MAX), "plan-show")),
    ),
    ...(step.observed === "" ? [] : [note("What ended the wait for this step:", sanitize(step.observed, "plan-show"))]),
    note("Now", new Date(clock.now()).toISOString()),
    { role: "user", text: step.task },
  ];
}

/** Whoever wrote the plan, and whatever came in on the way: earlier steps and waits may have brought text from anywhere. */
function sourcesOf(own: readonly Source[], { steps }: PlanStory, { needs, wait, observed }: PlanStep): Source[] {
  const sources = [...own];
  for (const { id, task, wait: waited } of steps)
    if (needs.includes(id) && (task !== "" || fromOutside(waited)))
      addSource(sources, { label: "outside", from: `step ${id}` });
  if (observed !== "" && fromOutside(wait)) addSource(sources, { label: "outside", from: "what the step waited for" });
  return sources;
}

/** Of all waits only a person's word and the clock bring nothing from elsewhere. */
function fromOutside(wait: PlanStep["wait"]): boolean {
  return wait !== null && wait.kind !== "person" && wait.kind !== "time" && wait.kind !== "delay";
}
