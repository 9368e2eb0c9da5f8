/** Plans: work that takes days. What is under way with its steps, what ended, one to look at closely, and a person's hand on each. */
import { cut, oneLine, secret } from "../../shared/base/index.ts";
import { draftOf, type PlanWritten, planKey, planShape, stepShape, YOU } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { PLAN_TONES, planHref, planPanel } from "../parts/plan.ts";
import { refused } from "../parts/refused.ts";
import { empty, time, word } from "../parts/word.ts";
import type { Answer, View, Visit } from "../view.ts";

/** Open plans with their steps; those beyond are named, and one press away. */
const OPEN_MAX = 12;
const OPEN_NAMED_MAX = 200;
const ENDED_MAX = 20;
/** Where plans that are written here ask and tell: the room of this control room. */
const ROOM = "room:main";

export const plans: View = {
  path: "/plans",
  title: "Plans",
  async render(visit) {
    const chosen = visit.query.get("plan");
    if (chosen !== null) return html`${live(html`<div id="plans">${await closely(chosen, visit)}</div>`)}`;
    const open = await visit.ledger.plans.list({ ended: false, limit: OPEN_NAMED_MAX });
    const ended = await visit.ledger.plans.ended(ENDED_MAX);
    return html`
      ${live(html`<div id="plans">${open.length === 0 ? nothing() : open.slice(0, OPEN_MAX).map((plan) => planPanel(plan, { ...visit, whole: false }))}</div>`)}
      ${live(html`<section id="others" class="panel" hidden="${open.length <= OPEN_MAX}"><h2>Also under way</h2>${named(open.slice(OPEN_MAX), visit)}</section>`)}
      ${live(html`<section id="ended" class="panel"><h2>Ended</h2>${ended.length === 0 ? empty("What was done, cancelled or closed stands here.") : named(ended, visit)}</section>`)}
      ${write(visit)}`;
  },
  waiting: async ({ once }) => (await once.planWaits()).length,
  actions: [
    { path: "/plans", run: add },
    { path: "/plans/steps", run: changeStep },
    { path: "/plans/ends", run: cancel },
  ],
};

function nothing(): Html {
  return html`<section class="panel">${empty(html`Nothing is under way for days. Ask an agent for something that takes time, write a plan below, or use <code>kaos plans add</code>.`)}</section>`;
}

async function closely(id: string, { ledger, now, csrf }: Visit): Promise<Html> {
  const plan = /^\d{1,15}$/u.test(id) ? await ledger.plans.get(Number(id)) : undefined;
  if (plan !== undefined) return planPanel(plan, { now, csrf, whole: true });
  return html`<section class="panel">${empty(html`There is no plan of this number. <a href="/plans">Look at all of them</a>.`)}</section>`;
}

type Named = Pick<Parameters<typeof planPanel>[0], "id" | "goal" | "state" | "agent" | "endedAt" | "createdAt">;

function named(all: readonly Named[], { now }: Visit): Html {
  return html`<ul class="jobs">${all.map(
    ({ id, goal, state, agent, endedAt, createdAt }) =>
      html`<li><a href="${planHref(id)}">${goal}</a><span>${word(PLAN_TONES[state], state)} <span class="soft">${who(agent)} ${time(endedAt ?? createdAt, timeOfDay(endedAt ?? createdAt, now))}</span></span></li>`,
  )}</ul>`;
}

function write({ agents, csrf }: Visit): Html {
  return html`
    <section class="panel" id="write"><h2>Write a plan</h2>
      <form class="form" method="post" action="/plans" hx-post="/plans" hx-target="find [role=status]">
        <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="key" value="${secret(12)}" />
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
    key: planKey(YOU, form.get("key") || clock.now(), JSON.stringify(draft.data)),
    ...{ agent, room: ROOM, by: YOU, sources: [{ label: "owner", from: YOU }], draft: draft.data },
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
      return settled(visit, form, await store.answer(id, step, form.get("text") ?? "", YOU));
    case "skip":
      return settled(visit, form, await store.skip(id, step, YOU));
    case "retry":
      return settled(visit, form, await store.retry(id, step, YOU));
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
      if (!put.success)
        return refusedAt(visit, form, "A step has a title of 1 to 120 characters and a task of at most 4,000.");
      return settled(visit, form, await store.edit(id, { put: [put.data], remove: [] }, YOU));
    }
    default:
      return refused("Press one of the buttons.");
  }
}

async function cancel(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const because = oneLine(form.get("because") ?? "").trim();
  return settled(visit, form, await visit.ledger.plans.cancel(numberOf(form), YOU, because));
}

async function settled(visit: Visit, form: URLSearchParams, written: PlanWritten): Promise<Answer> {
  const whole = form.has("whole");
  if (!written.planned) return refusedAt(visit, form, written.because);
  await visit.ledger.plans.advance();
  const plan = (await visit.ledger.plans.get(written.plan.id)) ?? written.plan;
  const next = whole ? planHref(plan.id) : `/plans#plan-${plan.id}`;
  return { kind: "done", next, fragment: planPanel(plan, { ...visit, whole }) };
}

/** The plan as it is, with the reason on it: the form goes, the plan stays. */
async function refusedAt({ ledger, now, csrf }: Visit, form: URLSearchParams, because: string): Promise<Answer> {
  const plan = await ledger.plans.get(numberOf(form));
  if (plan === undefined) return refused(because);
  const fragment = planPanel(plan, { now, csrf, whole: form.has("whole"), refused: because });
  return { kind: "refused", because, fragment };
}

function numberOf(form: URLSearchParams): number {
  const text = form.get("plan") ?? "";
  return /^\d{1,15}$/u.test(text) ? Number(text) : 0;
}
