/** Jobs: what runs by itself, when, what it needs and what came of it; run now, pause, keep quiet. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type Delivery, MUTED, type OccurrenceState } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type JobShown, readJobs } from "../read/jobs.ts";
import type { Answer, TimetableLine, View, Visit } from "../view.ts";

/** The person at the control room, as the command line names them too. */
const BY = "you";
const SNOOZE_MS = 24 * 3_600_000;
const SAID_CHARACTERS_MAX = 200;

export const jobs: View = {
  path: "/jobs",
  title: "Jobs",
  async render(visit) {
    const { jobs: all, said } = await readJobs(visit);
    return html`
      ${live(html`<div id="timetable">${all.length === 0 ? nothing() : all.map((job) => shown(job, visit))}</div>`)}
      ${live(html`<section id="said" class="panel"><h2>What jobs had to say</h2>${told(said, visit.now)}</section>`)}`;
  },
  actions: [
    {
      path: "/jobs/runs",
      run: (visit, form) => change(visit, form, ({ ledger }, job) => ledger.occurrences.ask(job, "run", BY)),
    },
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

function nothing(): Html {
  return html`<section class="panel">${empty(html`Nobody keeps time here. <code>kaos up</code> starts the supervisor with its jobs.`)}</section>`;
}

function shown({ line, history, quiet }: JobShown, { now, csrf }: Visit): Html {
  const { job, purpose, schedule, needs, state, because, nextAt } = line;
  const last = history[0];
  return html`
    <section class="panel" id="job-${job}" aria-label="Job ${job}">
      <h2>${job} ${word(STATES[state], state)} ${quiet !== "" && word("off", quiet)}</h2>
      <p>${purpose}</p>
      ${because !== "" && html`<p class="refusal">${because}</p>`}
      <p class="soft">${schedule}${nextAt !== null && html` · next ${time(nextAt, timeOfDay(nextAt, now))}`}${needs.length > 0 && ` · needs ${needs.join(", ")}`}</p>
      ${last === undefined ? empty("It was not due yet.") : html`<p>${word(ENDS[last.state], last.state)} ${time(last.dueAt, timeOfDay(last.dueAt, now))}${last.because !== "" && ` · ${last.because}`}</p>`}
      <form method="post" action="/jobs/runs" hx-post="/jobs/runs" hx-target="closest section" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="job" value="${job}" /><button class="button" aria-label="Run ${job} now">Run now</button></form>
      <form method="post" action="/jobs/states" hx-post="/jobs/states" hx-target="closest section" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="job" value="${job}" />
        ${state === "paused" ? button("resume", "Resume", job) : button("pause", "Pause", job)}
        ${quiet === "" ? html`${button("snooze", "Quiet for a day", job)} ${button("mute", "Mute", job)}` : button("speak", "Let it speak", job)}
      </form>
      ${history.length > 1 && html`<details id="history-${job}" class="more"><summary>Before that</summary>${runs(history.slice(1), job, now)}</details>`}
    </section>`;
}

function button(state: string, label: string, job: string): Html {
  return html`<button class="button" name="state" value="${state}" aria-label="${label}: ${job}">${label}</button>`;
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
    rows: said.map(({ madeAt, job, state, agent, because, text }) => [
      time(madeAt, timeOfDay(madeAt, now)),
      job,
      word(SAID[state].tone, SAID[state].says),
      who(agent),
      because,
      cut(oneLine(text), SAID_CHARACTERS_MAX),
    ]),
  });
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

async function setState({ ledger, clock }: Visit, job: string, form: URLSearchParams): Promise<boolean> {
  switch (form.get("state")) {
    case "pause":
      await ledger.controls.pause({ scope: "job", name: job, by: BY, until: null });
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

function refused(because: string): Answer {
  return { kind: "refused", because, fragment: html`<p class="refusal" role="alert">${because}</p>` };
}
