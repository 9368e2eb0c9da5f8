/** Overview: which processes are up and what each did today, what is out of the ordinary, what waits for a person, the money, and what is due next. */
import {
  budgetDay,
  forecast as capReached,
  type OccurrenceState,
  type SupervisorState,
  YOU,
} from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { hours, meter } from "../parts/chart.ts";
import { clockHour, count, duration, timeOfDay, usd } from "../parts/figures.ts";
import { hueOf, who } from "../parts/names.ts";
import { planHref } from "../parts/plan.ts";
import { nameOf } from "../parts/proposal.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type Anomaly, readAnomalies } from "../read/anomalies.ts";
import { type AgentDay, readDay } from "../read/day.ts";
import { type Doing, readDoing, readScene } from "../read/doing.ts";
import { type Happening, readHappenings } from "../read/happened.ts";
import { told } from "../told.ts";
import type { Answer, TimetableLine, View, Visit } from "../view.ts";

const HAPPENINGS_MAX = 12;
const WAITS_MAX = 8;
const JOBS_MAX = 6;
const KEY_CHARACTERS_MAX = 300;
/** A single answer in an hour is a low bar. */
const BARS_HIGHEST_MIN = 4;
/** Before that much of a day is over, its forecast says nothing. */
const FORECAST_AFTER_MS = 3_600_000;
/** How fast money goes is told by the last hour of it. */
const HOUR_MS = 3_600_000;

export const overview: View = {
  path: "/",
  title: "Overview",
  async render(visit) {
    const { ledger, now, settings, once } = visit;
    const scene = await readScene(ledger, now);
    const names = scene.roster.map(({ name }) => name);
    const timetable = await visit.timetable();
    const day = await readDay(once, names, now);
    const [doing, supervisor, happenings, anomalies] = await Promise.all([
      readDoing(ledger, scene),
      ledger.supervisor.state(),
      readHappenings(ledger, HAPPENINGS_MAX),
      readAnomalies({ ledger, once, now, settings, jobs: timetable, day }),
    ]);
    return html`
      <div class="cols">
        ${live(html`<section id="agents" class="panel"><h2>Processes</h2>${agents(doing, day, visit)}${keeper(supervisor, visit)}</section>`)}
        <div class="aside">
          ${live(html`<section id="anomalies" class="panel"><h2>Out of the ordinary</h2>${unusual(anomalies, visit)}</section>`)}
          ${live(html`<section id="waits" class="panel"><h2>Waits for you</h2>${await waits(visit)}</section>`)}
          ${live(html`<section id="money" class="panel"><h2>Money</h2>${await money(visit)}</section>`)}
          ${live(html`<section id="jobs" class="panel"><h2>Due next</h2>${await jobs(visit, timetable)}</section>`)}
        </div>
        ${live(html`<section id="happened" class="panel"><h2>What happened</h2>${happened(happenings, now)}</section>`)}
      </div>`;
  },
  actions: [
    { path: "/agents/states", run: setState },
    { path: "/anomalies/seen", run: acknowledge },
  ],
};

function agents(doing: readonly Doing[], day: readonly AgentDay[], { now, csrf }: Visit): Html {
  if (doing.length === 0)
    return empty(html`No agent has come up in this home yet. Start them with <code>kaos up</code>.`);
  const highest = Math.max(BARS_HIGHEST_MIN, ...day.flatMap(({ hourly }) => hourly));
  return table({
    label: "Agents",
    columns: [
      { head: "agent" },
      { head: "state" },
      { head: "since", kind: "minor num" },
      { head: "last 24 h", kind: "minor", says: ", answers by hour" },
      { head: "answers", kind: "num" },
      { head: "spent", kind: "minor num" },
      { head: "", says: "pause or resume" },
    ],
    rows: doing.map(({ agent, tone, word: says, paused }, index) => {
      const own = day[index];
      const hourly = own?.hourly ?? [];
      return [
        html`${who(agent.name)}<small class="role">${agent.role}</small>`,
        word(tone, says),
        agent.alive ? time(agent.upAt, duration(now - agent.upAt)) : time(agent.beatAt, timeOfDay(agent.beatAt, now)),
        hours({ counts: hourly, highest, until: now, hue: hueOf(agent.name), says: hourlyInWords(hourly, now) }),
        own?.answered ?? 0,
        usd(own?.spentUsd ?? 0),
        html`<form method="post" action="/agents/states" hx-post="/agents/states" hx-swap="none"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="agent" value="${agent.name}" /><button class="button small" name="state" value="${paused ? "resume" : "pause"}" aria-label="${paused ? "Resume" : "Pause"} ${agent.name}">${paused ? "Resume" : "Pause"}</button></form>`,
      ];
    }),
  });
}

/** The process that keeps time and shows these pages. */
function keeper(supervisor: SupervisorState | undefined, { now, settings }: Visit): Html {
  const standing =
    supervisor === undefined
      ? html`${word("off", "not running")} <span class="soft">· no job runs by itself; <code>kaos up</code> starts it</span>`
      : supervisor.alive
        ? html`${word("ok", "alive")} <span class="soft">· keeps time and shows these pages since ${duration(now - supervisor.upAt)}</span>`
        : html`${word("stop", "not heard")} <span class="soft">since ${timeOfDay(supervisor.beatAt, now)}; <code>kaos logs supervisor</code> tells more</span>`;
  return html`<p class="keeper"><b>supervisor</b> ${standing}${supervisor === undefined && html` <span class="soft">· these pages are up for ${duration(now - settings.startedAt)}</span>`}</p>`;
}

async function setState({ ledger }: Visit, form: URLSearchParams): Promise<Answer> {
  const name = form.get("agent") ?? "";
  const state = form.get("state");
  const known = (await ledger.agents.roster()).some((agent) => agent.name === name);
  if (!known || (state !== "pause" && state !== "resume"))
    return refused("Choose an agent of this swarm, and pause or resume it.");
  if (state === "pause") await ledger.controls.pause({ scope: "agent", name, by: YOU, until: null });
  else await ledger.controls.resume("agent", name);
  return { kind: "done", next: "/", fragment: html`` };
}

function unusual(anomalies: readonly Anomaly[], { csrf }: Visit): Html {
  if (anomalies.length === 0)
    return empty(
      "Nothing. Processes, failures, answer times, money, jobs and providers are compared with the hours before.",
    );
  return html`<ul class="jobs">${anomalies.map(
    ({ key, tone, about, says, href }) => html`
      <li>
        ${word(tone, about)}
        <form method="post" action="/anomalies/seen" hx-post="/anomalies/seen" hx-swap="none"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="anomaly" value="${key}" /><button class="button small" aria-label="Seen: ${about} ${says}">Seen</button></form>
        <small><a href="${href}">${says}</a></small>
      </li>`,
  )}</ul>`;
}

/** What was seen stays away until tomorrow. */
async function acknowledge({ ledger }: Visit, form: URLSearchParams): Promise<Answer> {
  const key = form.get("anomaly") ?? "";
  if (key === "" || key.length > KEY_CHARACTERS_MAX) return refused("Press “Seen” beside what you have seen.");
  await ledger.acknowledgements.add(key, YOU);
  return { kind: "done", next: "/", fragment: html`` };
}

function hourlyInWords(hourly: readonly number[], now: number): string {
  const total = hourly.reduce((sum, number) => sum + number, 0);
  if (total === 0) return "no answers in 24 hours";
  const highest = Math.max(...hourly);
  const when = clockHour(now, hourly.length - 1 - hourly.lastIndexOf(highest));
  return `${count(total, "answer")} in 24 hours, most in the hour from ${when}: ${highest}`;
}

function happened(happenings: readonly Happening[], now: number): Html {
  if (happenings.length === 0)
    return empty(
      html`Nothing yet. Start the agents with <code>kaos up</code>, then write in the <a href="/room#now">Room</a>.`,
    );
  return html`<ol class="happenings">${happenings.map(
    ({ at, agent, subject, sentence, message }) => html`
      <li>${time(at, timeOfDay(at, now))}${agent === undefined ? html`<b class="who">${subject}</b>` : who(agent)}<span>${
        message === undefined ? sentence : html`<a href="/swarm?message=${message}">${sentence}</a>`
      }</span></li>`,
  )}</ol>`;
}

/** What only a person can decide, wherever it stands. */
async function waits({ ledger, once, now, desks, drafts }: Visit): Promise<Html> {
  const pending = (await ledger.approvals.pending()).filter(({ expiresAt }) => expiresAt > now);
  const failed: string[] = [];
  const orNothing = (error: unknown) => {
    failed.push(told(error).sentence);
    return [];
  };
  // One store that cannot be read must not hide what the others have.
  const [plans, proposals] = await Promise.all([once.planWaits().catch(orNothing), desks.open().catch(orNothing)]);
  const lines = [
    ...pending.map(({ id, agent, tool, expiresAt }) => ({
      agent,
      says: html`<a href="/approvals#a-${id}">${tool}</a>`,
      more: `wants to run it; ${duration(expiresAt - now)} left`,
    })),
    ...plans.map(({ plan, agent, goal, what }) => ({
      agent,
      says: html`<a href="${planHref(plan)}">a plan</a>`,
      more: `${goal}: ${what}`,
    })),
    ...proposals.map(({ agent, story }) => ({
      agent,
      says: html`<a href="/approvals#p-${story.id}">a proposal</a>`,
      more: `${nameOf(story)}: ${story.reason}`,
    })),
  ];
  const skills = drafts.count();
  if (lines.length === 0 && skills === 0 && failed.length === 0)
    return empty("Nothing. Risky calls, questions of plans, proposals and drafts of skills wait for you here.");
  return html`
    ${failed.map((because) => html`<p class="refusal">${because}</p>`)}
    <ul class="jobs">${lines.slice(0, WAITS_MAX).map(({ agent, says, more }) => html`<li>${who(agent)}${says}<small>${more}</small></li>`)}</ul>
    ${lines.length > WAITS_MAX && html`<p class="soft">and ${lines.length - WAITS_MAX} more in <a href="/approvals">Approvals</a> and <a href="/plans">Plans</a></p>`}
    ${skills > 0 && html`<p class="soft"><a href="/skills">${count(skills, "skill")} to look at</a></p>`}`;
}

async function money({ once, now, settings }: Visit): Promise<Html> {
  const today = budgetDay(now);
  const sums = await once.spent(today.from);
  const spent = sums.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const calls = sums.reduce((sum, row) => sum + row.calls, 0);
  const limit = settings.dailyLimitUsd;
  const lastHour = (await once.spent(now - HOUR_MS)).reduce((sum, { costUsd }) => sum + costUsd, 0);
  const reachedAt = capReached({ todayUsd: spent, lastHourUsd: lastHour }, limit, now);
  const rate =
    reachedAt === undefined ? forecast(spent, now, today) : `At this rate until ${timeOfDay(reachedAt, now)}.`;
  const share = limit === 0 ? 0 : spent / limit;
  return html`
    <p class="large num">${usd(spent)} <small>of ${usd(limit)} until 00:00 UTC</small></p>
    ${meter(share, `${Math.round(share * 100)} percent of the day’s limit`)}
    <p class="soft">${calls === 0 ? "No model was called yet." : `${count(calls, "model call")}. ${rate}`}</p>`;
}

function forecast(spent: number, now: number, { from, until }: { from: number; until: number }): string {
  if (spent === 0) return "None of them cost anything.";
  const gone = now - from;
  if (gone < FORECAST_AFTER_MS) return "The day is too young for a forecast.";
  return `At this rate ${usd((spent * (until - from)) / gone)} by then.`;
}

const OCCURRENCE_TONES: Readonly<Record<OccurrenceState, Tone>> = {
  waiting: "wait",
  running: "wait",
  blocked: "stop",
  ran: "ok",
  skipped: "off",
  missed: "stop",
  failed: "stop",
};

/** What comes next by itself, and what cannot. */
async function jobs({ now }: Visit, timetable: readonly TimetableLine[]): Promise<Html> {
  if (timetable.length === 0)
    return empty(html`Nobody keeps time here. The supervisor runs the jobs: <code>kaos up</code>.`);
  const due = timetable
    .filter(({ state, nextAt }) => state === "ready" && nextAt !== null)
    .toSorted((one, other) => (one.nextAt ?? 0) - (other.nextAt ?? 0));
  const held = timetable.length - due.length;
  return html`
    <ul class="jobs">${due.slice(0, JOBS_MAX).map(
      ({ job, nextAt, last }) => html`
      <li>
        <a href="/jobs#job-${job}"><b>${job}</b></a><span class="soft">${nextAt !== null && time(nextAt, timeOfDay(nextAt, now))}</span>
        <small>${last === null ? "not run yet" : html`${word(OCCURRENCE_TONES[last.state], last.state)} ${time(last.dueAt, timeOfDay(last.dueAt, now))}${last.because && ` · ${last.because}`}`}</small>
      </li>`,
    )}</ul>
    <p class="soft"><a href="/jobs">All ${timetable.length} jobs</a>${held > 0 && `; ${held} of them paused, blocked or resting`}</p>`;
}
