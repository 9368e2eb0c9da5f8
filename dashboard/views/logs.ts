/** Logs: what the processes wrote about themselves, newest first; by process, weight and words. */
import { cut, messageOf } from "../../shared/base/index.ts";
import { type Html, html, live } from "../html.ts";
import { exact, textOf } from "../parts/exact.ts";
import { exactTime, timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type LoggedLine, processesIn, readLines } from "../read/log-lines.ts";
import type { View, Visit } from "../view.ts";

const LINES_MAX = 100;
const VALUE_CHARACTERS_MAX = 300;
const PHRASE_CHARACTERS_MAX = 600;

const TONES: Readonly<Record<LoggedLine["level"], Tone>> = { error: "stop", warning: "wait", info: "off" };
/** What is shown from which weight on. */
const WEIGHTS = { all: ["error", "warning", "info"], warnings: ["error", "warning"], errors: ["error"] } as const;

export const logs: View = {
  path: "/logs",
  title: "Logs",
  async render(visit) {
    const folder = visit.settings.files.logs;
    const processes = processesIn(folder);
    const asked = readAsked(visit.query);
    return html`
      <section class="panel">
        <h2>What the processes wrote</h2>
        <form class="form" method="get" action="/logs" aria-label="Filter">
          <label>process <select name="process"><option value="">all</option>${processes.map((name) => html`<option value="${name}" selected="${name === asked.process}">${name}</option>`)}</select></label>
          <label>only <select name="weight">${Object.keys(WEIGHTS).map((name) => html`<option value="${name}" selected="${name === asked.weight}">${name}</option>`)}</select></label>
          <label>words <input name="q" value="${asked.words}" placeholder="any" autocapitalize="none" spellcheck="false" /></label>
          <button class="button">Show</button>
        </form>
        ${live(html`<div id="lines">${lines(visit, folder, processes, asked)}</div>`)}
        <p class="soft">The newest ${LINES_MAX} that fit, from the end of each log. <code>kaos logs</code> goes further back, and <code>kaos logs -f</code> on.</p>
      </section>`;
  },
};

type Asked = { process: string; weight: keyof typeof WEIGHTS; words: string };

function readAsked(query: URLSearchParams): Asked {
  const weight = (["all", "warnings", "errors"] as const).find((name) => name === query.get("weight")) ?? "all";
  return { process: (query.get("process") ?? "").trim(), weight, words: (query.get("q") ?? "").trim() };
}

function lines(
  { now, agents }: Visit,
  folder: string,
  processes: readonly string[],
  { process, weight, words }: Asked,
): Html {
  if (processes.length === 0)
    return empty(html`No process has written a log in this home yet. <code>kaos up</code> starts the swarm.`);
  if (process !== "" && !processes.includes(process))
    return html`<p class="refusal" role="alert">There is no log of a process with this name.</p>`;
  const weights: readonly string[] = WEIGHTS[weight];
  const wanted = words.toLowerCase();
  let read: LoggedLine[];
  try {
    read = readLines(folder, process === "" ? processes : [process]);
  } catch (error) {
    return html`<p class="refusal">A log cannot be read: ${messageOf(error)}</p>`;
  }
  const known = agents().agents.map(({ name }) => name);
  const shown = read
    .filter(({ level }) => weights.includes(level))
    .filter((line) => wanted === "" || wordsOf(line).includes(wanted))
    .slice(0, LINES_MAX);
  if (shown.length === 0) return empty("No line is like that.");
  return html`<ol class="logged">${shown.map((line) => lineItem(line, now, known))}</ol>`;
}

function wordsOf({ process, phrase, fields }: LoggedLine): string {
  return `${process} ${phrase} ${JSON.stringify(fields)}`.toLowerCase();
}

/** The hue of a name is an agent's alone. */
function lineItem({ process, at, level, phrase, fields }: LoggedLine, now: number, known: readonly string[]): Html {
  const { error, ...others } = fields;
  const told = Object.entries(others).map(
    ([name, value]) => html` <span class="soft">${name}=</span>${cut(textOf(value), VALUE_CHARACTERS_MAX)}`,
  );
  const day = timeOfDay(at, now).replace(/\d\d:\d\d$/, "");
  return html`
    <li>
      ${at === 0 ? html`<time>–</time>` : time(at, `${day}${exactTime(at)}`)}${known.includes(process) ? who(process) : html`<b class="who">${process}</b>`}
      <span>${level === "info" ? cut(phrase, PHRASE_CHARACTERS_MAX) : word(TONES[level], cut(phrase, PHRASE_CHARACTERS_MAX))}${told}${error !== undefined && html`<details class="more"><summary>${sentenceOf(error)}</summary>${exact(stackOf(error))}</details>`}</span>
    </li>`;
}

function sentenceOf(error: unknown): string {
  const { message } = (typeof error === "object" && error !== null ? error : {}) as { message?: unknown };
  return cut(typeof message === "string" ? message : textOf(error), VALUE_CHARACTERS_MAX);
}

function stackOf(error: unknown): string {
  const { stack } = (typeof error === "object" && error !== null ? error : {}) as { stack?: unknown };
  return typeof stack === "string" ? stack : textOf(error);
}
