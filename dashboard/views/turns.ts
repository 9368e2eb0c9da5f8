/** Turns: what each agent did with what it was asked, newest first, and one step by step. */
import { cut, messageOf, oneLine } from "../../shared/base/index.ts";
import { type Html, html, live } from "../html.ts";
import { count, duration, timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { TURN_TONES, wholeTurn } from "../parts/turn.ts";
import { empty, time, word } from "../parts/word.ts";
import { agentsWithTurns } from "../read/agents.ts";
import { readTurn, readTurns, type TurnShown } from "../read/turns.ts";
import type { View, Visit } from "../view.ts";

const TURNS_MAX = 40;
const TEXT_CHARACTERS_MAX = 140;

export const turns: View = {
  path: "/turns",
  title: "Turns",
  async render(visit) {
    const agents = agentsWithTurns(visit.settings);
    const asked = (visit.query.get("agent") ?? "").trim();
    const id = visit.query.get("turn");
    if (id !== null)
      return html`${live(html`<div id="turns">${await one(visit, { agent: asked, id, agents })}</div>`)}`;
    return html`
      <section class="panel">
        <h2>What agents did with what they were asked</h2>
        <form class="form" method="get" action="/turns" aria-label="Filter">
          <label>agent <select name="agent"><option value="">all</option>${agents.map((name) => html`<option value="${name}" selected="${name === asked}">${name}</option>`)}</select></label>
          <button class="button">Show</button>
        </form>
        ${live(html`<div id="turns">${await list(visit, { asked, agents })}</div>`)}
      </section>`;
  },
};

async function list(visit: Visit, { asked, agents }: { asked: string; agents: readonly string[] }): Promise<Html> {
  if (asked !== "" && !agents.includes(asked))
    return html`<p class="refusal" role="alert">No agent of this name has begun a turn here.</p>`;
  const typed = Number(visit.query.get("before"));
  const before = Number.isSafeInteger(typed) && typed > 0 ? typed : Number.MAX_SAFE_INTEGER;
  const chosen = asked === "" ? agents : [asked];
  const { turns: shown, next, failed } = await readTurns(visit, { agents: chosen, before, limit: TURNS_MAX });
  const own = asked === "" ? {} : { agent: asked };
  return html`
    ${failed.map(({ agent, because }) => html`<p class="refusal">The turns of ${agent} cannot be read: ${because}</p>`)}
    ${shown.length === 0 ? failed.length === 0 && empty(html`No turn has begun yet. Say something in the <a href="/room#now">Room</a>, or <code>kaos chat</code>.`) : listed(shown, visit)}
    ${
      (before !== Number.MAX_SAFE_INTEGER || next !== undefined) &&
      html`<p class="pages">
      ${before !== Number.MAX_SAFE_INTEGER && html`<a href="/turns?${new URLSearchParams(own).toString()}">Newest</a>`}
      ${next !== undefined && html`<a href="/turns?${new URLSearchParams({ ...own, before: String(next) }).toString()}">Earlier turns</a>`}
    </p>`
    }`;
}

function listed(shown: readonly TurnShown[], { now }: Visit): Html {
  return table({
    label: "Turns",
    phone: "cards",
    columns: [
      { head: "began", kind: "num" },
      { head: "agent" },
      { head: "ended" },
      { head: "answers", kind: "wide" },
      { head: "did", kind: "minor" },
      { head: "took", kind: "minor num" },
    ],
    rows: shown.map(({ agent, id, state, because, startedAt, changedAt, steps, calls, answers }) => [
      time(startedAt, timeOfDay(startedAt, now)),
      who(agent),
      word(TURN_TONES[state], state),
      html`<a href="/turns?${new URLSearchParams({ agent, turn: id }).toString()}">${cut(oneLine(answers.text), TEXT_CHARACTERS_MAX)}</a>${because !== "" && html`<small class="role">${cut(oneLine(because), TEXT_CHARACTERS_MAX)}</small>`}`,
      html`<span class="soft">${count(steps, "step")}${calls > 0 && `, ${count(calls, "call")}`}</span>`,
      duration((state === "running" ? now : changedAt) - startedAt),
    ]),
  });
}

async function one(
  visit: Visit,
  { agent, id, agents }: { agent: string; id: string; agents: readonly string[] },
): Promise<Html> {
  const none = html`<section class="panel">${empty(html`There is no such turn: it may have been forgotten after its time. <a href="/turns">Look at all of them</a>.`)}</section>`;
  if (!agents.includes(agent)) return none;
  try {
    const story = await readTurn(agent, id, visit);
    return story === undefined ? none : wholeTurn(agent, story, visit.now);
  } catch (error) {
    return html`<section class="panel"><p class="refusal">The turns of ${agent} cannot be read: ${messageOf(error)}</p></section>`;
  }
}
