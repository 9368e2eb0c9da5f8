/** One turn step by step: what the model was told, what it said and asked for in each step, and what that brought. */
import { cut, oneLine } from "../../shared/base/index.ts";
import type { Entry } from "../../shared/engine/index.ts";
import { createRedactor } from "../../shared/security/index.ts";
import type { KeptCallRow, TurnState } from "../../shared/turns/index.ts";
import { type Html, html } from "../html.ts";
import type { TurnStory } from "../read/turns.ts";
import { CLASSES } from "./call.ts";
import { argumentsOf, exact, fields } from "./exact.ts";
import { count, duration, latency, timeOfDay, usd } from "./figures.ts";
import { who } from "./names.ts";
import { type Tone, time, word } from "./word.ts";

/** Characters of one text, and texts of one turn, that a page shows; `kaos turns show --json` has all. */
const TEXT_CHARACTERS_MAX = 3_000;
const TOLD_MAX = 30;
const LINE_CHARACTERS_MAX = 120;

export const TURN_TONES: Readonly<Record<TurnState, Tone>> = {
  running: "wait",
  waiting: "wait",
  answered: "ok",
  passed: "off",
  stopped: "stop",
  failed: "stop",
};

/** Turns are kept as they were; what looks like a key of somebody's is not shown. */
const redact = createRedactor({ secrets: [] });

export function wholeTurn(agent: string, { turn, answers, steps }: TurnStory, now: number): Html {
  const { id, state, because, lives, startedAt, changedAt, sources, entries, forkedFrom, forkedAt } = turn;
  return html`
    <section id="turn" class="panel" aria-label="Turn ${id}">
      <h2 class="quoted">“${cut(oneLine(answers.text), 160)}” ${word(TURN_TONES[state], state)}</h2>
      ${fields([
        ["agent", who(agent)],
        ["turn", html`<code>${id}</code>`],
        [
          "answers",
          answers.message &&
            html`<a href="/swarm?message=${answers.message.root}">message ${answers.message.seq} in ${answers.message.room}</a>`,
        ],
        ["because", because],
        [
          "began",
          html`${time(startedAt, timeOfDay(startedAt, now))}, ${state === "running" ? "under way for" : "took"} ${duration(changedAt - startedAt)}${lives > 1 && `; it was begun ${count(lives, "time")}, and went on where it stood`}`,
        ],
        ["whose text", sources.map(({ from, label }) => `${from} (${label})`).join(", ")],
        ["shares", forkedFrom !== null && `steps 1 to ${forkedAt ?? 0} of ${forkedFrom}`],
        ["calls", html`<a href="/audit?agent=${agent}&amp;turn=${encodeURIComponent(id)}">in the Audit Trail</a>`],
      ])}
      <h3>What the model was told</h3>
      ${entries.length > TOLD_MAX && html`<p class="soft">The last ${TOLD_MAX} of ${entries.length} entries.</p>`}
      ${entries.slice(-TOLD_MAX).map((entry, index) => told(entry, index))}
      <h3>What it did</h3>
      ${steps.length === 0 ? html`<p class="empty">It has not come to the end of a step.</p>` : html`<ol class="rail">${steps.map((step) => stepItem(step))}</ol>`}
      <p class="pages"><a href="/turns">All turns</a><span class="soft">${state === "running" || state === "waiting" ? "interrupted? " : "another way? "}<code>kaos turns ${state === "running" || state === "waiting" ? "resume" : "fork"} ${agent} "${id}"${state === "running" || state === "waiting" ? "" : " --at 1"}</code></span></p>
    </section>`;
}

function told(entry: Entry, index: number): Html {
  return html`<details id="told-${index}" class="more"><summary>${entry.role}: ${cut(oneLine(textIn(entry.text)), LINE_CHARACTERS_MAX)}</summary>${exact(shown(entry.text))}</details>`;
}

function stepItem({ step, steered, completion, calls }: TurnStory["steps"][number]): Html {
  const { by, text, usage } = completion;
  return html`
    <li class="${calls.some(({ outcome }) => outcome === undefined) ? "wait" : "ok"}">
      <p class="step"><b>Step ${step}</b> <span class="soft">${by} · ${count(usage.inputTokens, "token")} in, ${usage.outputTokens} out · ${usd(usage.costUsd)}</span></p>
      ${steered.map((entry) => entry.role === "user" && html`<p class="soft">heard meanwhile: “${cut(oneLine(textIn(entry.text)), TEXT_CHARACTERS_MAX)}”</p>`)}
      ${text !== "" && exact(shown(text))}
      ${calls.map((call, index) => callOf(call, `${step}-${index}`))}
    </li>`;
}

function callOf({ tool, arguments: written, outcome }: KeptCallRow, id: string): Html {
  const end = outcome?.kind ?? "uncertain";
  return html`
    <details id="call-${id}" class="more">
      <summary><b class="tool">${tool}</b> ${word(CLASSES[end] ?? "wait", end)} ${outcome !== undefined && html`<span class="num">${latency(outcome.latencyMs)}</span>`}</summary>
      ${argumentsOf(redact(parsed(written)))}
      ${fields([["result", outcome === undefined ? "It had begun when its process ended; what came of it is not known." : exact(shown(outcome.text))]])}
    </details>`;
}

function textIn(text: string): string {
  return String(redact(text));
}

function shown(text: string): string {
  const whole = textIn(text);
  if (whole.length <= TEXT_CHARACTERS_MAX) return whole;
  return `${cut(whole, TEXT_CHARACTERS_MAX)}\n(${(whole.length - TEXT_CHARACTERS_MAX).toLocaleString("en")} more characters: kaos turns show)`;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}
