/** Jobs: what runs by itself, when, what it needs, what it costs and what came of it; run now, try without telling, pause, keep quiet. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type Delivery, MUTED, type OccurrenceState, YOU } from "../../shared/ledger/index.ts";
import { follow, localTime, nameFor, readWords, tellSchedule, writeAdded } from "../../shared/schedule/index.ts";
import { type Html, html, live } from "../html.ts";
import { timeOfDay, usd } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { markdown, withoutMarks } from "../parts/prose.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type JobShown, readJobs } from "../read/jobs.ts";
import type { Answer, TimetableLine, View, Visit } from "../view.ts";

const SNOOZE_MS = 24 * 3_600_000;
const SAID_CHARACTERS_MAX = 200;

export const jobs: View = {
  path: "/jobs",
  title: "Jobs",
  async render(visit) {
    const { jobs: all, said } = await readJobs(visit);
    return html`
      ${adding(visit)}
      ${live(html`<section id="timetable" class="panel"><h2>Timetable</h2>${all.length === 0 ? nothing() : all.map((job) => shown(job, visit))}</section>`)}
      ${live(html`<section id="said" class="panel"><h2>What jobs had to say</h2>${told(said, visit.now)}</section>`)}`;
  },
  actions: [
    {
      path: "/jobs/runs",
      run: (visit, form) => change(visit, form, run),
    },
    { path: "/jobs/added", run: addJob },
    { path: "/jobs/removed", run: removeJob },
    { path: "/jobs/states", run: (visit, form) => change(visit, form, setState) },
  ],
};

const STATES: Readonly<Record<TimetableLine["state"], Tone>> = {
  ready: "ok",
  paused: "off",
  blocked: "stop",
  resting: "wait",
};
const ENDS: Readonly<Record<OccurrenceState, Tone>> = {
  waiting: "wait",
  running: "wait",
  ran: "ok",
  skipped: "off",
  missed: "stop",
  failed: "stop",
  blocked: "stop",
};

/** The words are read first and shown as they are understood; only what a person has confirmed is added. */
function adding({ csrf }: Visit, words = "", understood = ""): Html {
  return html`
    <section class="panel" id="add-job" aria-label="Add a job">
      <h2>Be told something at its time</h2>
      <form class="form" method="post" action="/jobs/added" hx-post="/jobs/added" hx-target="#add-job" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" />
        <label class="long">when and what <input id="words" name="words" value="${words}" placeholder="every weekday 8:30 stretch" maxlength="500" required /></label>
        <button class="button ${understood !== "" && "main"}">${understood === "" ? "Read it" : "Add it"}</button>
        ${understood !== "" && html`<input type="hidden" name="confirmed" value="${words}" /><p class="soft" role="status">Understood: ${understood}</p>`}
      </form>
    </section>`;
}

/** Reads the words, and adds the job when these very words were shown as they are understood and confirmed. */
async function addJob(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const { ledger, clock } = visit;
  const words = (form.get("words") ?? "").trim();
  const timeZone = (await visit.timetable())[0]?.timeZone ?? "UTC";
  const read = readWords(words, timeZone, clock.now());
  if (!read.understood) return refused(`Nothing was added: ${read.because}.`);
  const { schedule, text } = read;
  const next = follow(schedule, timeZone)(clock.now());
  const how = `${tellSchedule(schedule, timeZone)}; next ${next === undefined ? "never" : localTime(next, timeZone)}: ${text}`;
  if (form.get("confirmed") !== words) return { kind: "shown", fragment: adding(visit, words, how) };
  const name = nameFor(text);
  const known = (await visit.timetable()).some(({ job }) => job === name);
  if (known || !(await ledger.jobs.add(name, writeAdded({ text, timeZone, schedule }))))
    return refused(`There is a job ${name} already. Begin with other words.`);
  return { kind: "done", next: "/jobs", fragment: adding(visit) };
}

async function removeJob(visit: Visit, form: URLSearchParams): Promise<Answer> {
  if (!(await visit.ledger.jobs.remove(form.get("job") ?? ""))) return refused("You have not added such a job.");
  return { kind: "done", next: "/jobs", fragment: html`` };
}

function nothing(): Html {
  return empty(html`Nobody keeps time here. <code>kaos up</code> starts the supervisor with its jobs.`);
}

function shown({ line, history, quiet, gaps, costUsd }: JobShown, { now, csrf }: Visit): Html {
  const { job, purpose, schedule, needs, state, because, nextAt, added } = line;
  const last = history[0];
  const facts = [
    schedule,
    needs.length > 0 && `needs ${needs.join(", ")}`,
    costUsd > 0 && `${usd(costUsd)} in 30 days`,
    ...gaps.map((gap) => `${gap.count} ${gap.state} in 7 days`),
  ].filter((fact) => fact !== false);
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="job" value="${job}" />`;
  return html`
    <article class="asked job" id="job-${job}" aria-label="Job ${job}">
      <header><b class="tool">${job}</b>${word(STATES[state], state)}${quiet !== "" && word("off", quiet)}${nextAt !== null && html`<span class="left soft">next ${time(nextAt, timeOfDay(nextAt, now))}</span>`}</header>
      <p>${purpose}</p>
      ${because !== "" && html`<p class="${state === "paused" ? "soft" : "refusal"}">${because}</p>`}
      <p class="soft">${facts.join(" · ")}</p>
      ${last === undefined ? html`<p class="soft">It was not due yet.</p>` : html`<p>${word(ENDS[last.state], last.state)} <span class="soft">${time(last.dueAt, timeOfDay(last.dueAt, now))}${last.because !== "" && last.because !== because && ` · ${last.because}`}</span></p>`}
      <div class="acts">
        <form method="post" action="/jobs/runs" hx-post="/jobs/runs" hx-target="#job-${job}" hx-swap="outerHTML">${hidden}<button class="button small" name="asked" value="run" aria-label="Run now: ${job}">Run now</button><button class="button small" name="asked" value="dry" aria-label="Dry run, nothing is told: ${job}">Dry run</button></form>
        <form method="post" action="/jobs/states" hx-post="/jobs/states" hx-target="#job-${job}" hx-swap="outerHTML">${hidden}
          ${state === "paused" ? button("resume", "Resume", job) : button("pause", "Pause", job)}${quiet === "" ? html`${button("snooze", "Quiet for a day", job)}${button("mute", "Mute", job)}` : button("speak", "Let it speak", job)}
        </form>
        ${added && html`<form method="post" action="/jobs/removed">${hidden}<button class="button small" aria-label="Take away: ${job}">Take away</button></form>`}
      </div>
      ${history.length > 1 && html`<details id="history-${job}" class="more"><summary>Before that</summary>${runs(history.slice(1), job, now)}</details>`}
    </article>`;
}

function button(state: string, label: string, job: string): Html {
  return html`<button class="button small" name="state" value="${state}" aria-label="${label}: ${job}">${label}</button>`;
}

function runs(history: JobShown["history"], job: string, now: number): Html {
  return table({
    label: `Runs of ${job}`,
    phone: "cards",
    columns: [{ head: "due", kind: "num" }, { head: "ended" }, { head: "what came of it", kind: "wide" }],
    rows: history.map(({ dueAt, state, because }) => [
      time(dueAt, timeOfDay(dueAt, now)),
      word(ENDS[state], state),
      because,
    ]),
  });
}

const SAID: Readonly<Record<Delivery["state"], { tone: Tone; says: string }>> = {
  queued: { tone: "ok", says: "told" },
  failed: { tone: "stop", says: "could not be told" },
  held: { tone: "wait", says: "waits" },
  dropped: { tone: "off", says: "kept back" },
};

function told(said: readonly Delivery[], now: number): Html {
  if (said.length === 0)
    return empty(
      "Nothing yet. A job speaks when something changed that is worth your attention; here stands why it did, or did not.",
    );
  return table({
    label: "What jobs had to say",
    phone: "cards",
    columns: [
      { head: "when", kind: "num" },
      { head: "job" },
      { head: "", says: "told or not" },
      { head: "voice", kind: "minor" },
      { head: "why", kind: "minor" },
      { head: "what", kind: "wide" },
    ],
    rows: said.map(({ id, madeAt, job, state, agent, because, text, evidence }) => [
      time(madeAt, timeOfDay(madeAt, now)),
      job,
      word(SAID[state].tone, SAID[state].says),
      who(agent),
      because,
      html`<details id="said-${id}" class="more"><summary>${cut(oneLine(withoutMarks(text)), SAID_CHARACTERS_MAX)}</summary>${markdown(text)}${standsOn(evidence)}</details>`,
    ]),
  });
}

function standsOn(evidence: readonly string[]): Html {
  if (evidence.length === 0) return html``;
  return html`<p class="soft">It stands on:</p><ul>${evidence.map((one) => html`<li>${cut(one, SAID_CHARACTERS_MAX)}</li>`)}</ul>`;
}

/** Does one thing to a job that exists, and shows the job as it is then. */
async function change(
  visit: Visit,
  form: URLSearchParams,
  act: (visit: Visit, job: string, form: URLSearchParams) => Promise<unknown>,
): Promise<Answer> {
  const name = form.get("job") ?? "";
  if (!(await visit.timetable()).some(({ job }) => job === name)) return refused("There is no such job.");
  if ((await act(visit, name, form)) === false) return refused("Choose one of the buttons.");
  const after = (await readJobs(visit)).jobs.find(({ line }) => line.job === name);
  return { kind: "done", next: "/jobs", fragment: after === undefined ? html`` : shown(after, visit) };
}

async function run({ ledger }: Visit, job: string, form: URLSearchParams): Promise<boolean> {
  const asked = form.get("asked") ?? "run";
  if (asked !== "run" && asked !== "dry") return false;
  await ledger.occurrences.ask(job, asked, YOU);
  return true;
}

async function setState({ ledger, clock }: Visit, job: string, form: URLSearchParams): Promise<boolean> {
  switch (form.get("state")) {
    case "pause":
      await ledger.controls.pause({ scope: "job", name: job, by: YOU, until: null });
      return true;
    case "resume":
      await ledger.controls.resume("job", job);
      return true;
    case "snooze":
      await ledger.jobs.quiet(job, clock.now() + SNOOZE_MS);
      return true;
    case "mute":
      await ledger.jobs.quiet(job, MUTED);
      return true;
    case "speak":
      await ledger.jobs.quiet(job, 0);
      return true;
    default:
      return false;
  }
}
