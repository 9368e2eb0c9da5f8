/** One plan: its steps in order on a rail, what waits for a person with the form that answers it, and, on a page of its own, everything else. */
import { cut, oneLine } from "../../shared/base/index.ts";
import {
  type PlanState,
  type PlanStep,
  type PlanStepState,
  type PlanStory,
  tellWait,
} from "../../shared/ledger/index.ts";
import { type Html, html } from "../html.ts";
import { count, duration, timeOfDay } from "./figures.ts";
import { who } from "./names.ts";
import { table } from "./table.ts";
import { type Tone, time, word } from "./word.ts";

const RESULT_CHARACTERS_MAX = 1_200;
const EVENTS_MAX = 60;

type Shown = {
  now: number;
  csrf: string;
  /** With its history and what is seldom done to it. */
  whole: boolean;
  /** Why what a person just did to it was not taken. */
  refused?: string;
};

export const PLAN_TONES: Readonly<Record<PlanState, Tone>> = {
  active: "wait",
  stuck: "stop",
  done: "ok",
  cancelled: "off",
  expired: "off",
};
const STEP_TONES: Readonly<Record<PlanStepState, Tone>> = {
  pending: "off",
  waiting: "wait",
  working: "wait",
  done: "ok",
  failed: "stop",
  skipped: "off",
};

/** Where all that is known of a plan stands. */
export function planHref(plan: number): string {
  return `/plans?plan=${plan}`;
}

export function planPanel(plan: PlanStory, shown: Shown): Html {
  const { id, goal, state, agent, because, steps, expiresAt, createdAt, endedAt, by } = plan;
  const { now, whole } = shown;
  const over = steps.filter((step) => step.state === "done" || step.state === "skipped").length;
  const ends =
    endedAt === null ? `closed in ${duration(expiresAt - now)}` : html`ended ${time(endedAt, timeOfDay(endedAt, now))}`;
  return html`
    <section class="panel plan" id="plan-${id}" aria-label="Plan ${id}">
      <h2>${goal} ${word(PLAN_TONES[state], state)}</h2>
      <p class="soft">${who(agent)} carries it out · ${over} of ${count(steps.length, "step")} over · written by ${by} ${time(createdAt, timeOfDay(createdAt, now))} · ${ends}</p>
      ${because !== "" && html`<p class="${state === "stuck" ? "refusal" : "soft"}">${because}</p>`}
      ${shown.refused !== undefined && html`<p class="refusal" role="alert">${shown.refused}</p>`}
      <ol class="rail">${steps.map((step) => stepItem(step, plan, shown))}</ol>
      ${whole ? rest(plan, shown) : html`<p class="pages"><a href="${planHref(id)}">What happened, change or cancel</a></p>`}
    </section>`;
}

function stepItem(step: PlanStep, { id, endedAt }: PlanStory, { csrf, now, whole }: Shown): Html {
  const { id: name, title, state, needs, wait, dueAt, result, because } = step;
  const notes = [
    needs.length > 0 && html`after ${needs.join(", ")}`,
    wait !== null && html`waits for ${tellWait(wait)}`,
    state === "waiting" &&
      dueAt !== null &&
      html`${wait?.kind === "page" || wait?.kind === "number" ? "looks again" : "comes"} ${time(dueAt, timeOfDay(dueAt, now))}`,
    because !== "" && html`${because}`,
  ].filter((note) => note !== false);
  const open = endedAt === null;
  return html`
    <li class="${STEP_TONES[state]}" id="step-${id}-${name}">
      <p class="step"><b>${title}</b> ${word(STEP_TONES[state], state)} <small>${name}</small></p>
      ${notes.length > 0 && html`<p class="soft">${notes.map((note, at) => html`${at > 0 && " · "}${note}`)}</p>`}
      ${result !== "" && html`<p>${cut(oneLine(result), RESULT_CHARACTERS_MAX)}</p>`}
      ${
        open &&
        (asksSomebody(step) || (state === "waiting" && wait?.kind === "reply")) &&
        stepForm(
          id,
          name,
          { csrf, whole },
          html`<label class="long">${wait?.kind === "person" ? "your answer" : "what was replied"} <input id="text-${id}-${name}" name="text" maxlength="2000" required /></label><button class="button main" name="act" value="answer">Answer</button>`,
        )
      }
      ${
        open &&
        state === "failed" &&
        stepForm(
          id,
          name,
          { csrf, whole },
          html`<button class="button main" name="act" value="retry" aria-label="Try again: ${name}">Try again</button>
          <button class="button" name="act" value="skip" aria-label="Go on without it: ${name}">Go on without it</button>`,
        )
      }
      ${open && whole && state !== "done" && state !== "skipped" && more(step, id, csrf)}
    </li>`;
}

/** Whether only a person's word moves it on. */
function asksSomebody({ state, wait }: PlanStep): boolean {
  return state === "waiting" && wait?.kind === "person";
}

/** What is seldom needed. What an agent is doing already is not rewritten. */
function more({ id: name, title, task, needs, state }: PlanStep, id: number, csrf: string): Html {
  return html`
    <details id="edit-${id}-${name}" class="more"><summary>Change this step</summary>${stepForm(
      id,
      name,
      { csrf, whole: true },
      html`
        ${
          state !== "working" &&
          html`
          <label class="long">title <input id="title-${id}-${name}" name="title" maxlength="120" value="${title}" required /></label>
          <label>after <input id="needs-${id}-${name}" name="needs" value="${needs.join(", ")}" placeholder="ids of steps" /></label>
          <label class="long">task <textarea id="task-${id}-${name}" name="task" rows="2" maxlength="4000">${`\n${task}`}</textarea></label>
          <button class="button" name="act" value="edit">Change</button>`
        }
        ${state !== "failed" && html`<button class="button" name="act" value="skip" formnovalidate aria-label="Skip it: ${name}">Skip it</button>`}`,
    )}</details>`;
}

function stepForm(plan: number, step: string, { csrf, whole }: Pick<Shown, "csrf" | "whole">, fields: Html): Html {
  return html`<form class="form" method="post" action="/plans/steps" hx-post="/plans/steps" hx-target="#plan-${plan}" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="plan" value="${plan}" /><input type="hidden" name="step" value="${step}" />${whole && html`<input type="hidden" name="whole" value="yes" />`}${fields}</form>`;
}

function rest({ id, events, endedAt }: PlanStory, { now, csrf }: Shown): Html {
  return html`
    <h3>What happened</h3>
    ${table({
      label: `What happened to plan ${id}`,
      phone: "cards",
      columns: [
        { head: "when", kind: "num" },
        { head: "step" },
        { head: "what" },
        { head: "by", kind: "minor" },
        { head: "because", kind: "wide" },
      ],
      rows: events
        .slice(-EVENTS_MAX)
        .map(({ at, step, what, by, because }) => [
          time(at, timeOfDay(at, now)),
          step,
          what,
          by,
          cut(oneLine(because), 200),
        ]),
    })}
    ${
      endedAt === null &&
      html`
      <details id="end-${id}" class="more"><summary>Cancel this plan</summary>
        <form class="form" method="post" action="/plans/ends" hx-post="/plans/ends" hx-target="#plan-${id}" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="plan" value="${id}" /><input type="hidden" name="whole" value="yes" />
          <label class="long">reason <input id="because-${id}" name="because" maxlength="300" /></label><button class="button" aria-label="Cancel the plan ${id}">Cancel the plan</button>
        </form>
      </details>`
    }
    <p class="pages"><a href="/plans">All plans</a></p>`;
}
