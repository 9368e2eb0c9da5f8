/** Plans: work that takes days, its steps and what they wait for, everything that happened, and a person's hand on each. */
import { cut, oneLine } from "../../shared/base/index.ts";
import {
  draftOf,
  type PlanState,
  type PlanStep,
  type PlanStepState,
  type PlanStory,
  type PlanWritten,
  planKey,
  planShape,
  stepShape,
  tellWait,
} from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { count, duration, timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { asksSomebody, OPEN_PLANS_MAX, readPlanWaits } from "../read/waiting.ts";
import type { Answer, View, Visit } from "../view.ts";

/** The person at the control room, as the command line names them too. */
const BY = "you";
const ENDED_MAX = 20;
const RESULT_CHARACTERS_MAX = 1_200;
const EVENTS_MAX = 60;
/** Where plans that are written here ask and tell: the room of this control room. */
const ROOM = "room:main";

export const plans: View = {
  path: "/plans",
  title: "Plans",
  async render(visit) {
    const all = await visit.ledger.plans.list({ ended: true, limit: OPEN_PLANS_MAX + ENDED_MAX });
    const open = all.filter(({ endedAt }) => endedAt === null);
    const ended = all.filter(({ endedAt }) => endedAt !== null).slice(0, ENDED_MAX);
    return html`
      ${live(html`<div id="plans">${open.length === 0 ? nothing() : open.map((plan) => shown(plan, visit))}</div>`)}
      ${live(html`<section id="ended" class="panel"><h2>Ended</h2>${ended.length === 0 ? empty("What was done, cancelled or closed stands here.") : ended.map((plan) => over(plan, visit))}</section>`)}
      ${write(visit)}`;
  },
  waiting: async ({ ledger }) => (await readPlanWaits(ledger)).length,
  actions: [
    { path: "/plans", run: add },
    { path: "/plans/steps", run: changeStep },
    { path: "/plans/ends", run: cancel },
  ],
};

const PLAN_TONES: Readonly<Record<PlanState, Tone>> = {
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

function nothing(): Html {
  return html`<section class="panel">${empty(html`Nothing is under way for days. Ask an agent for something that takes time, write a plan below, or use <code>kaos plans add</code>.`)}</section>`;
}

function shown(plan: PlanStory, visit: Visit): Html {
  const { id, goal, state, agent, because, steps, expiresAt, createdAt, by } = plan;
  const { now, csrf } = visit;
  const left = steps.filter((step) => step.state !== "done" && step.state !== "skipped").length;
  return html`
    <section class="panel" id="plan-${id}" aria-label="Plan ${id}">
      <h2>${goal} ${word(PLAN_TONES[state], state)}</h2>
      <p class="soft">${who(agent)} carries it out · ${count(steps.length - left, "step")} of ${steps.length} over · written by ${by} ${time(createdAt, timeOfDay(createdAt, now))} · closed in ${duration(expiresAt - now)}</p>
      ${because !== "" && state === "stuck" && html`<p class="refusal">${because}</p>`}
      <ol>${steps.map((step) => shownStep(step, plan, visit))}</ol>
      ${story(plan, now)}
      <details id="end-${id}" class="more"><summary>Cancel this plan</summary>
        <form class="form" method="post" action="/plans/ends" hx-post="/plans/ends" hx-target="#plan-${id}" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="plan" value="${id}" />
          <label class="long">reason <input id="because-${id}" name="because" maxlength="300" /></label><button class="button" aria-label="Cancel the plan ${id}">Cancel the plan</button>
        </form>
      </details>
    </section>`;
}

function shownStep(step: PlanStep, { id }: PlanStory, { csrf, now }: Visit): Html {
  const { id: name, title, state, needs, wait, dueAt, result, because } = step;
  const notes = [
    needs.length > 0 && html`needs ${needs.join(", ")}`,
    wait !== null && html`waits for ${tellWait(wait)}`,
    state === "waiting" &&
      dueAt !== null &&
      html`${wait?.kind === "page" || wait?.kind === "number" ? "looks again" : "comes"} ${time(dueAt, timeOfDay(dueAt, now))}`,
    because !== "" && html`${because}`,
  ].filter((note) => note !== false);
  return html`
    <li class="asked" id="step-${id}-${name}">
      <header><b>${title}</b>${word(STEP_TONES[state], state)}<span class="soft">${name}</span></header>
      ${notes.length > 0 && html`<p class="soft">${notes.map((note, at) => html`${at > 0 && " · "}${note}`)}</p>`}
      ${result !== "" && html`<p>${cut(oneLine(result), RESULT_CHARACTERS_MAX)}</p>`}
      ${
        (asksSomebody(step) || (state === "waiting" && wait?.kind === "reply")) &&
        html`
        <form class="form" method="post" action="/plans/steps" hx-post="/plans/steps" hx-target="#plan-${id}" hx-swap="outerHTML">${hidden(id, name, csrf)}
          <label class="long">${wait?.kind === "person" ? wait.question : "what was replied"} <input id="text-${id}-${name}" name="text" maxlength="2000" required /></label><button class="button main" name="act" value="answer">Answer</button>
        </form>`
      }
      ${
        state === "failed" &&
        html`
        <form class="form" method="post" action="/plans/steps" hx-post="/plans/steps" hx-target="#plan-${id}" hx-swap="outerHTML">${hidden(id, name, csrf)}
          <button class="button main" name="act" value="retry" aria-label="Try again: ${name}">Try again</button>
          <button class="button" name="act" value="skip" aria-label="Go on without it: ${name}">Go on without it</button>
        </form>`
      }
      ${state !== "done" && state !== "skipped" && more(step, id, csrf)}
    </li>`;
}

/** What is seldom needed. What an agent is doing already is not rewritten. */
function more({ id: name, title, task, needs, state }: PlanStep, id: number, csrf: string): Html {
  return html`
    <details id="edit-${id}-${name}" class="more"><summary>Change this step</summary>
      <form class="form" method="post" action="/plans/steps" hx-post="/plans/steps" hx-target="#plan-${id}" hx-swap="outerHTML">${hidden(id, name, csrf)}
        ${
          state !== "working" &&
          html`
          <label class="long">title <input id="title-${id}-${name}" name="title" maxlength="120" value="${title}" required /></label>
          <label>needs <input id="needs-${id}-${name}" name="needs" value="${needs.join(", ")}" placeholder="ids of steps" /></label>
          <label class="long">task <textarea id="task-${id}-${name}" name="task" rows="2" maxlength="4000">${`\n${task}`}</textarea></label>
          <button class="button" name="act" value="edit">Change</button>`
        }
        ${state !== "failed" && html`<button class="button" name="act" value="skip" aria-label="Skip it: ${name}">Skip it</button>`}
      </form>
    </details>`;
}

function hidden(plan: number, step: string, csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="plan" value="${plan}" /><input type="hidden" name="step" value="${step}" />`;
}

function story({ id, events }: PlanStory, now: number): Html {
  return html`
    <details id="story-${id}" class="more"><summary>What happened</summary>${table({
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
    })}</details>`;
}

function over(plan: PlanStory, { now }: Visit): Html {
  const { id, goal, state, agent, because, steps, endedAt } = plan;
  return html`
    <details id="over-${id}" class="more"><summary>${goal} ${word(PLAN_TONES[state], state)} ${who(agent)} ${endedAt !== null && time(endedAt, timeOfDay(endedAt, now))}</summary>
      ${because !== "" && html`<p class="soft">${because}</p>`}
      <ul>${steps.map(({ title, state: ended, result }) => html`<li>${word(STEP_TONES[ended], ended)} ${title}${result !== "" && html`<span class="soft">: ${cut(oneLine(result), 300)}</span>`}</li>`)}</ul>
      ${story(plan, now)}
    </details>`;
}

function write({ agents, csrf }: Visit): Html {
  return html`
    <section class="panel" id="write"><h2>Write a plan</h2>
      <form class="form" method="post" action="/plans" hx-post="/plans" hx-target="find [role=status]">
        <input type="hidden" name="csrf" value="${csrf}" />
        <label class="long">goal <input id="goal" name="goal" maxlength="300" required /></label>
        <label>agent <select id="plan-agent" name="agent">${agents().agents.map(({ name }) => html`<option value="${name}">${name}</option>`)}</select></label>
        <label class="long">steps, one a line; each follows the one above <textarea id="steps" name="steps" rows="4" required></textarea></label>
        <button class="button main">Begin</button><span role="status"></span>
        <p class="soft">Waits for a time, a person, a page or a number are written by agents, and in <code>kaos plans add</code>.</p>
      </form>
    </section>`;
}

async function add({ ledger, clock, agents }: Visit, form: URLSearchParams): Promise<Answer> {
  const agent = agents().agents.find(({ name }) => name === form.get("agent"))?.name;
  const lines = (form.get("steps") ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const draft = planShape.safeParse({
    goal: form.get("goal") ?? "",
    steps: lines.map((line, at) => ({
      id: `step-${at + 1}`,
      title: cut(line, 120),
      task: line,
      needs: at === 0 ? [] : [`step-${at}`],
    })),
  });
  if (agent === undefined || !draft.success)
    return refused("Write a goal and 1 to 30 steps, and choose who carries it out.");
  const written = await ledger.plans.write({
    key: planKey(BY, clock.now(), draft.data.goal),
    ...{ agent, room: ROOM, by: BY, sources: [{ label: "owner", from: BY }], draft: draft.data },
  });
  if (!written.planned) return refused(written.because);
  return {
    kind: "done",
    next: `/plans#plan-${written.plan.id}`,
    fragment: html`<span>Plan ${written.plan.id} has begun.</span>`,
  };
}

async function changeStep(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const { plans: store } = visit.ledger;
  const [id, step] = [numberOf(form), form.get("step") ?? ""];
  switch (form.get("act")) {
    case "answer":
      return settled(visit, await store.answer(id, step, form.get("text") ?? "", BY));
    case "skip":
      return settled(visit, await store.skip(id, step, BY));
    case "retry":
      return settled(visit, await store.retry(id, step, BY));
    case "edit": {
      const known = (await store.get(id))?.steps.find((one) => one.id === step);
      if (known === undefined) return refused("There is no such step.");
      const needs = (form.get("needs") ?? "").split(/[\s,]+/u).filter((need) => need !== "");
      const put = stepShape.safeParse({
        ...draftOf(known),
        title: form.get("title"),
        task: form.get("task") ?? "",
        needs,
      });
      if (!put.success) return refused("A step has a title of 1 to 120 characters and a task of at most 4,000.");
      return settled(visit, await store.edit(id, { put: [put.data], remove: [] }, BY));
    }
    default:
      return refused("Press one of the buttons.");
  }
}

async function cancel(visit: Visit, form: URLSearchParams): Promise<Answer> {
  return settled(visit, await visit.ledger.plans.cancel(numberOf(form), BY, oneLine(form.get("because") ?? "").trim()));
}

async function settled(visit: Visit, written: PlanWritten): Promise<Answer> {
  if (!written.planned) return refused(written.because);
  await visit.ledger.plans.advance();
  const plan = (await visit.ledger.plans.get(written.plan.id)) ?? written.plan;
  return { kind: "done", next: `/plans#plan-${plan.id}`, fragment: shown(plan, visit) };
}

function numberOf(form: URLSearchParams): number {
  const text = form.get("plan") ?? "";
  return /^\d{1,15}$/u.test(text) ? Number(text) : 0;
}

function refused(because: string): Answer {
  return { kind: "refused", because, fragment: html`<p class="refusal" role="alert">${because}</p>` };
}
