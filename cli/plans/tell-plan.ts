/** Plans as a person reads them in a terminal. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type PlanStep, type PlanStory, tellWait } from "../../shared/ledger/index.ts";
import type { Context } from "../context.ts";
import { dayAndTime, duration, table, widthOf, wrap } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";

const RESULT_CHARACTERS_MAX = 400;
const EVENTS_MAX = 40;
const WIDTH = 80;
/** What is left of a line of 80 beside a number, a state, a count and a name. */
const GOAL_CHARACTERS_MAX = 50;

export function tellPlans(plans: readonly PlanStory[], { paint, clock }: Context): string {
  const rows = table(
    plans.map(({ id, agent, goal, state, steps }) => {
      const over = steps.filter((step) => step.state === "done" || step.state === "skipped").length;
      return [
        String(id),
        paintState(state, paint),
        `${over}/${steps.length}`,
        paint.agent(agent),
        cut(oneLine(goal), GOAL_CHARACTERS_MAX),
      ];
    }),
    { right: [0, 2] },
  ).split("\n");
  return plans
    .flatMap(({ steps, changedAt }, at) => {
      const waits = steps.flatMap(({ state, wait }) => (state === "waiting" && wait !== null ? [tellWait(wait)] : []));
      const now =
        waits.length === 0 ? `last moved ${duration(clock.now() - changedAt)} ago` : `waits for ${waits.join(", ")}`;
      return [rows[at] ?? "", paint.soft(`   ${cut(oneLine(now), WIDTH - 3)}`)];
    })
    .join("\n");
}

export function tellPlan({ id, goal, agent, state, because, steps, events }: PlanStory, { paint }: Context): string {
  const width = widthOf(process.stdout);
  const lines = [
    `${paint.bold(`${id}. ${goal}`)}  ${paintState(state, paint)}  ${paint.agent(agent)}`,
    ...(because === "" ? [] : [because]),
    "",
    ...steps.flatMap((step) => tellStep(step, paint, width)),
    "",
    ...events
      .slice(-EVENTS_MAX)
      .map(({ at, step, what, by, because: why }) =>
        paint.soft(
          `${dayAndTime(at)}  ${[step, what].filter(Boolean).join(" ")}${by === "" ? "" : ` (${by})`}${why === "" ? "" : `: ${cut(oneLine(why), 120)}`}`,
        ),
      ),
  ];
  return lines.join("\n");
}

function tellStep({ id, title, state, needs, wait, result, because, dueAt }: PlanStep, paint: Paint, width: number) {
  const more = [
    ...(needs.length === 0 ? [] : [`needs ${needs.join(", ")}`]),
    ...(wait === null ? [] : [`waits for ${tellWait(wait)}`]),
    ...(state === "waiting" && dueAt !== null ? [`looks at it ${dayAndTime(dueAt)}`] : []),
    ...(because === "" ? [] : [because]),
  ];
  return [
    `${paintState(state, paint)}  ${paint.bold(id)}  ${title}`,
    ...(more.length === 0 ? [] : [paint.soft(wrap(more.join("; "), { width, indent: "    ", first: "    " }))]),
    ...(result === ""
      ? []
      : [wrap(cut(oneLine(result), RESULT_CHARACTERS_MAX), { width, indent: "    ", first: "    → " })]),
  ];
}

function paintState(state: PlanStory["state"] | PlanStep["state"], paint: Paint): string {
  if (state === "done") return paint.good(state);
  if (state === "failed" || state === "stuck") return paint.bad(state);
  if (state === "waiting" || state === "working" || state === "active") return paint.wait(state);
  return paint.soft(state);
}
