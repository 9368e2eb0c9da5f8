/** Overview: who is up and what each did today, what happened, the money, and what is due next. */

import type { OccurrenceState } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { hours, meter } from "../parts/chart.ts";
import { clockHour, count, duration, endOfDay, startOfDay, timeOfDay, usd } from "../parts/figures.ts";
import { hueOf, who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type AgentDay, readDay } from "../read/day.ts";
import { type Doing, readDoing, readScene } from "../read/doing.ts";
import { type Happening, readHappenings } from "../read/happened.ts";
import type { View, Visit } from "../view.ts";

const HAPPENINGS_MAX = 14;
const WAITS_MAX = 5;
/** A single answer in an hour is a low bar. */
const BARS_HIGHEST_MIN = 4;
/** Before that much of a day is over, its forecast says nothing. */
const FORECAST_AFTER_MS = 3_600_000;

export const overview: View = {
  path: "/",
  title: "Overview",
  async render(visit) {
    const scene = await readScene(visit.ledger, visit.now);
    const names = scene.roster.map(({ name }) => name);
    const [doing, day, happenings] = await Promise.all([
      readDoing(visit.ledger, scene),
      readDay(visit.ledger, names, visit.now),
      readHappenings(visit.ledger, HAPPENINGS_MAX),
    ]);
    return html`
      <div class="cols">
        <div>
          ${live(html`<section id="agents" class="panel"><h2>Agents</h2>${agents(doing, day, visit.now)}</section>`)}
          ${live(html`<section id="happened" class="panel"><h2>What happened</h2>${happened(happenings, visit.now)}</section>`)}
        </div>
        <div>
          ${live(html`<section id="waits" class="panel"><h2>Waits for you</h2>${await waits(visit)}</section>`)}
          ${live(html`<section id="money" class="panel"><h2>Money today</h2>${await money(visit)}</section>`)}
          ${live(html`<section id="jobs" class="panel"><h2>Jobs</h2>${await jobs(visit)}</section>`)}
        </div>
      </div>`;
  },
};

function agents(doing: readonly Doing[], day: readonly AgentDay[], now: number): Html {
  if (doing.length === 0)
    return empty(html`No agent has come up in this home yet. Start them with <code>kaos up</code>.`);
  const highest = Math.max(BARS_HIGHEST_MIN, ...day.flatMap(({ hourly }) => hourly));
  return table({
    label: "Agents",
    columns: [
      { head: "agent" },
      { head: "state" },
      { head: "since", kind: "minor num" },
      { head: "last 24 h", kind: "minor" },
      { head: "answers", kind: "num" },
      { head: "spent", kind: "num" },
    ],
    rows: doing.map(({ agent, tone, word: says }, index) => {
      const own = day[index];
      const hourly = own?.hourly ?? [];
      return [
        html`${who(agent.name)}<small class="role">${agent.role}</small>`,
        word(tone, says),
        agent.alive ? time(agent.upAt, duration(now - agent.upAt)) : time(agent.beatAt, timeOfDay(agent.beatAt, now)),
        hours({ counts: hourly, highest, until: now, hue: hueOf(agent.name), says: hourlyInWords(hourly, now) }),
        own?.answered ?? 0,
        usd(own?.spentUsd ?? 0),
      ];
    }),
  });
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

/** What only a person can decide. */
async function waits({ ledger, now }: Visit): Promise<Html> {
  const pending = (await ledger.approvals.pending()).filter(({ expiresAt }) => expiresAt > now);
  if (pending.length === 0) return empty("Nothing. Risky calls of agents are asked about here.");
  return html`
    <p class="large num">${pending.length} <small>${pending.length === 1 ? "call" : "calls"}</small></p>
    <ul class="jobs">${pending
      .slice(0, WAITS_MAX)
      .map(
        ({ id, agent, tool, expiresAt }) =>
          html`<li>${who(agent)}<a href="/approvals#a-${id}">${tool}</a><small>${duration(expiresAt - now)} left</small></li>`,
      )}</ul>
    <p class="soft"><a href="/approvals">Look at ${pending.length === 1 ? "it" : "all of them"} and decide</a></p>`;
}

async function money({ ledger, now, settings }: Visit): Promise<Html> {
  const sums = await ledger.spend.since(startOfDay(now));
  const spent = sums.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const calls = sums.reduce((sum, row) => sum + row.calls, 0);
  const limit = settings.dailyLimitUsd;
  const share = limit === null || limit === 0 ? 0 : spent / limit;
  return html`
    <p class="large num">${usd(spent)} ${limit !== null && html`<small>of ${usd(limit)}</small>`}</p>
    ${limit !== null && meter(share, `${Math.round(share * 100)} percent of today’s limit`)}
    <p class="soft">${calls === 0 ? "No model was called today." : `${count(calls, "model call")}. ${forecast(spent, now)}`}</p>`;
}

function forecast(spent: number, now: number): string {
  if (spent === 0) return "None of them cost anything.";
  const gone = now - startOfDay(now);
  if (gone < FORECAST_AFTER_MS) return "The day is too young for a forecast.";
  return `At this rate ${usd((spent * (endOfDay(now) - startOfDay(now))) / gone)} by midnight.`;
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

async function jobs({ ledger, now, timetable }: Visit): Promise<Html> {
  const latest = await ledger.occurrences.latest();
  const next = await timetable();
  const names = [...new Set([...next.map(({ job }) => job), ...latest.map(({ job }) => job)])].toSorted();
  if (names.length === 0) return empty("No job has been due yet. The supervisor runs them by its timetable.");
  return html`<ul class="jobs">${names.map((name) => {
    const last = latest.find(({ job }) => job === name);
    const due = next.find(({ job }) => job === name);
    return html`
      <li>
        <b>${name}</b>${due && (due.nextAt === null ? html`<span class="soft">paused</span>` : html`<span class="soft">next ${time(due.nextAt, timeOfDay(due.nextAt, now))}</span>`)}
        <small>${last === undefined ? "not run yet" : html`${word(OCCURRENCE_TONES[last.state], last.state)} ${time(last.dueAt, timeOfDay(last.dueAt, now))}${last.because && ` · ${last.because}`}`}</small>
      </li>`;
  })}</ul>`;
}
