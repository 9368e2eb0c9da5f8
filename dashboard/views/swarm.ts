/** Swarm: one message as a timeline of lanes, the recent messages with what came of them, and the day of each agent. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { readPolicy, replay } from "../../shared/explain/index.ts";
import { decisionsOn, type Message, type Story, storyOf, type Verdict } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { chip } from "../parts/decision.ts";
import { count, duration, exactTime, timeOfDay, usd } from "../parts/figures.ts";
import { lanes } from "../parts/lanes.ts";
import { who } from "../parts/names.ts";
import { whatIf } from "../parts/replay.ts";
import { inFull, type Scene, standingOf } from "../parts/standing.ts";
import { table } from "../parts/table.ts";
import { empty, time } from "../parts/word.ts";
import { type AgentDay, readDay } from "../read/day.ts";
import { readScene } from "../read/doing.ts";
import { readTimeline, type Step } from "../read/timeline.ts";
import type { View, Visit } from "../view.ts";

const ROOTS_MAX = 20;

export const swarm: View = {
  path: "/swarm",
  title: "Swarm",
  async render(visit) {
    const scene = await readScene(visit.ledger, visit.now);
    const roots = await visit.ledger.messages.roots(ROOTS_MAX);
    const chosen = await choose(visit, roots);
    const day = await readDay(
      visit.once,
      scene.roster.map(({ name }) => name),
      visit.now,
    );
    return html`
      ${live(html`<section id="story" class="panel">${chosen === undefined ? noStory(visit) : await story(visit, chosen, scene)}</section>`)}
      ${chosen !== undefined && (await asked(visit, chosen))}
      ${live(html`<section id="roots" class="panel"><h2>Recent messages</h2>${await recent(visit, roots, chosen, scene)}</section>`)}
      ${live(html`<section id="day" class="panel"><h2>Last 24 hours</h2>${metrics(day)}</section>`)}`;
  },
};

/** The message that the address names, or the newest. */
async function choose({ ledger, query }: Visit, roots: readonly Message[]): Promise<Message | undefined> {
  const wanted = query.get("message");
  if (wanted === null) return roots[0];
  const message = /^\d{1,15}$/.test(wanted) ? await ledger.messages.get(Number(wanted)) : undefined;
  return message === undefined || message.root === message.seq ? message : ledger.messages.get(message.root);
}

function noStory({ query }: Visit): Html {
  if (query.has("message"))
    return html`<h2>No such message</h2>${empty(html`The ledger has no message with this number. <a href="/swarm">Look at the newest one</a>.`)}`;
  return html`<h2>One message, six lanes</h2>${empty(html`Nobody has written yet. Write something in the <a href="/room#now">Room</a>; how the agents decide on it unfolds here.`)}`;
}

async function story({ ledger, now }: Visit, root: Message, scene: Scene): Promise<Html> {
  const told = await storyOf(ledger, root.seq);
  if (told === undefined) return html``;
  const agents = told.verdicts.map(({ agent }) => agent);
  const timeline = await readTimeline(ledger, root, { agents, now });
  const rows = timeline.lanes.flatMap((lane) => {
    const verdict = told.verdicts.find(({ agent }) => agent === lane.agent);
    if (verdict === undefined) return [];
    return [
      { ...lane, ends: inFull(verdict, scene), because: verdict.because, facts: factsOf(verdict, lane.slot, told) },
    ];
  });
  const said = `${timeOfDay(root.saidAt, now).replace(/\d\d:\d\d$/, "")}${exactTime(root.saidAt)}`;
  return html`
    <h2 class="quoted">“${cut(oneLine(root.text), 160)}”</h2>
    <p class="soft">${root.sender.name}, ${time(root.saidAt, said)} · #${root.seq} · ${root.room} · ${summary(told)}</p>
    ${rows.length === 0 ? empty("No agent was in the swarm when this was said.") : html`${lanes(rows, timeline.endMs)}${steps(timeline.steps, root.seq)}`}`;
}

/** What is known of one agent's part besides its reason. */
function factsOf({ agent, tier, fit, because }: Verdict, slot: number | undefined, { expenses }: Story): string[] {
  const own = expenses.filter((expense) => expense.agent === agent);
  const spentUsd = own.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return [
    tier !== undefined && `tier ${tier}`,
    fit !== undefined && !because.startsWith("fit ") && `fit ${fit}`,
    slot !== undefined && `slot ${slot}`,
    own.length > 0 && usd(spentUsd),
  ].filter((fact) => fact !== false);
}

function summary({ verdicts, expenses, costUsd }: Story): string {
  const volunteers = verdicts.filter(({ tier }) => tier !== undefined && tier > 1).length;
  const addressed = verdicts.filter(({ tier }) => tier === 1).length;
  const answered = verdicts.filter(({ outcome }) => outcome === "replied").length;
  const open = verdicts.filter(({ outcome }) => outcome === undefined).length;
  const parts = [
    addressed > 0 && `${addressed} addressed`,
    volunteers > 0 && `${volunteers} volunteered`,
    `${answered} answered`,
    open > 0 && `${open} open`,
    expenses.length > 0 && count(expenses.length, "model call"),
    usd(costUsd),
  ];
  return parts.filter((part) => part !== false).join(" · ");
}

/** Every step in order: what the drawing shows, for those who read. */
function steps(all: readonly Step[], seq: number): Html {
  return html`
    <details class="steps" id="steps-${seq}">
      <summary>Every step in words</summary>
      <ol>${all.map(({ at, agent, says }) => html`<li><span class="num soft">+${(at / 1_000).toFixed(1)} s</span>${who(agent)}<span>${says}</span></li>`)}</ol>
    </details>`;
}

/** The form, and the answer to what the address asks. It is no live region: what was asked stays until something else is. */
async function asked({ ledger, query }: Visit, { seq }: Message): Promise<Html> {
  const of = (name: string) => query.get(name) ?? "";
  const typed = { message: seq, cap: of("cap"), pace: of("pace"), fit: of("fit") };
  if (!["cap", "pace", "fit"].some((name) => query.has(name))) return whatIf(typed, undefined);
  const read = readPolicy({ cap: typed.cap, pace: typed.pace, relevanceMin: typed.fit });
  return whatIf(typed, "because" in read ? { refused: read.because } : await replay(ledger, seq, read.policy));
}

async function recent(
  { ledger, now }: Visit,
  roots: readonly Message[],
  chosen: Message | undefined,
  scene: Scene,
): Promise<Html> {
  if (roots.length === 0) return empty("Each message of a person is listed here with what came of it.");
  const decisions = await decisionsOn(ledger, roots);
  return html`<ol class="roots">${roots.map((root, index) => {
    const verdicts = decisions[index]?.verdicts ?? [];
    const bidders = verdicts.filter(({ claim }) => claim !== undefined);
    const open = verdicts.some(({ outcome }) => outcome === undefined);
    return html`
      <li>
        ${time(root.saidAt, timeOfDay(root.saidAt, now))}
        <a href="/swarm?message=${root.seq}" aria-current="${root.seq === chosen?.seq && "true"}">${cut(oneLine(root.text), 120)}</a>
        <span class="chips">${bidders.length > 0 ? bidders.map((verdict) => chip(verdict.agent, standingOf(verdict, scene))) : html`<small class="soft">${open ? "being decided" : "nobody bid"}</small>`}</span>
      </li>`;
  })}</ol>`;
}

function metrics(day: readonly AgentDay[]): Html {
  if (day.length === 0)
    return empty(html`No agent has come up in this home yet. Start them with <code>kaos up</code>.`);
  return table({
    label: "Each agent in the last 24 hours",
    columns: [
      { head: "agent" },
      { head: "answered", kind: "num" },
      { head: "addressed", kind: "minor num" },
      { head: "volunteered", kind: "minor num" },
      { head: "passed", kind: "num" },
      { head: "yielded", kind: "num" },
      { head: "median to answer", kind: "num" },
      { head: "cost an answer", kind: "minor num" },
    ],
    rows: day.map((own) => [
      who(own.agent),
      own.answered,
      own.addressed,
      own.volunteered,
      own.passed,
      own.yielded,
      own.medianMs === undefined ? "–" : duration(own.medianMs),
      own.answered === 0 ? "–" : usd(own.spentUsd / own.answered),
    ]),
  });
}
