/** The six lanes of one message over seconds: who judged, waited, queued, held, delivered, and how each ended. Each lane also says it in words. */
import { type Html, html } from "../html.ts";
import type { Lane, Mark, Span } from "../read/timeline.ts";
import { duration } from "./figures.ts";
import { hueOf, who } from "./names.ts";
import type { Standing } from "./standing.ts";
import { word } from "./word.ts";

export type LaneRow = Lane & {
  /** What came of it, with the time it took. */
  ends: Standing;
  /** Its tier, score, slot and money. */
  facts: readonly string[];
  because: string;
};

/** Positions are percentages, so that the drawing is as wide as there is room without changing its shapes. */
export function lanes(rows: readonly LaneRow[], endMs: number): Html {
  const step = stepFor(endMs);
  const widthMs = Math.max(step, Math.ceil((endMs * 1.02) / step) * step);
  const x = (ms: number) => `${((ms / widthMs) * 100).toFixed(2)}%`;
  const ticks = Array.from({ length: Math.round(widthMs / step) + 1 }, (_, index) => index * step);
  return html`
    <div class="lanes">
      <ul>${rows.map((row) => lane(row, x, ticks))}</ul>
      <svg class="axis" aria-hidden="true">${ticks.map((ms, index) => html`<text x="${x(ms)}" y="14" class="${index === 0 ? "first" : index === ticks.length - 1 && "last"}">${tick(ms, step)}</text>`)}</svg>
      ${key(rows)}
    </div>`;
}

function lane(row: LaneRow, x: (ms: number) => string, ticks: readonly number[]): Html {
  const { agent, spans, marks, ends, facts, because } = row;
  return html`
    <li class="${hueOf(agent)}">
      ${who(agent)}
      <svg aria-hidden="true">
        ${ticks.map((ms) => html`<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="0" y2="34"/>`)}<line class="base" x1="0" x2="100%" y1="17" y2="17"/>
        ${spans.map((span) => shape(span, x))}${marks.map((mark) => sign(mark, x))}
      </svg>
      <span class="end">${word(ends.tone, ends.word)} <small>${because}</small>${facts.length > 0 && html`<small class="facts num">${facts.join(" · ")}</small>`}</span>
      <span class="sr">${inWords(row)}</span>
    </li>`;
}

function shape({ kind, from, to }: Span, x: (ms: number) => string): Html {
  const title = html`<title>${VERBS[kind]} from ${duration(from)} to ${duration(to)}</title>`;
  switch (kind) {
    case "wait":
    case "queue":
      return html`<line class="${kind}" x1="${x(from)}" x2="${x(to)}" y1="17" y2="17">${title}</line>`;
    case "judge":
      return html`<rect class="judge" x="${x(from)}" width="${x(Math.max(60, to - from))}" y="14" height="6" rx="3">${title}</rect>`;
    case "hold":
      return html`<rect class="hold" x="${x(from)}" width="${x(to - from)}" y="7" height="20" rx="5">${title}</rect>`;
    case "send":
      // However short it was, it is seen.
      return html`<rect class="send" x="${x(from)}" width="${x(to - from)}" y="7" height="20" rx="3">${title}</rect><rect class="send" x="${x(from)}" width="6" y="7" height="20" rx="3"/>`;
  }
}

/** Nested drawings take their place from the lane's width and keep their shape. */
function sign({ kind, at }: Mark, x: (ms: number) => string): Html {
  if (kind === "due") return html`<line class="due" x1="${x(at)}" x2="${x(at)}" y1="9" y2="25"/>`;
  return html`<svg class="sign ${kind}" x="${x(at)}" y="17">${SIGNS[kind]}<title>${SAYS[kind]} after ${duration(at)}</title></svg>`;
}

const SIGNS: Readonly<Record<Exclude<Mark["kind"], "due">, Html>> = {
  decided: html`<circle r="4"/>`,
  sent: html`<circle r="6"/><path d="M-2.6 0.2 -0.8 2 2.8-1.8"/>`,
  passed: html`<circle r="5.5"/><path d="M-2.5 0H2.5"/>`,
  yielded: html`<circle r="5.5"/>`,
  failed: html`<path d="M0-7 7 0 0 7-7 0Z"/>`,
  expired: html`<path d="M-5-5 5 5M5-5-5 5"/>`,
};

const SAYS: Readonly<Record<Mark["kind"], string>> = {
  decided: "decided",
  due: "its time",
  sent: "sent",
  passed: "passed",
  yielded: "let go",
  failed: "failed",
  expired: "lost its lease",
};

const VERBS: Readonly<Record<Span["kind"], string>> = {
  judge: "judged",
  wait: "waited for its time",
  queue: "waited for a slot",
  hold: "thought",
  send: "delivered",
};

/** What the shapes mean: those that are there, so that nobody learns what is not. */
function key(rows: readonly LaneRow[]): Html {
  const kinds = (["judge", "wait", "queue", "hold", "send"] as const).filter((kind) =>
    rows.some(({ spans }) => spans.some((span) => span.kind === kind)),
  );
  const signs = (["decided", "due", "sent", "passed", "yielded", "failed", "expired"] as const).filter((kind) =>
    rows.some(({ marks }) => marks.some((mark) => mark.kind === kind)),
  );
  return html`
    <p class="key" aria-hidden="true">
      ${kinds.map((kind) => html`<span><svg class="sample" viewBox="0 0 22 16">${SAMPLES[kind]}</svg>${LEGEND[kind]}</span>`)}
      ${signs.map((kind) => html`<span>${kind === "due" ? html`<svg class="sample" viewBox="0 0 22 16"><line class="due" x1="11" x2="11" y1="1" y2="15"/></svg>` : html`<svg class="sample" viewBox="0 0 22 16"><svg class="sign ${kind}" x="11" y="8">${SIGNS[kind]}</svg></svg>`}${SAYS[kind]}</span>`)}
    </p>`;
}

const LEGEND: Readonly<Record<Span["kind"], string>> = {
  judge: "judges for all",
  wait: "waits for its time",
  queue: "waits for a slot",
  hold: "thinks",
  send: "delivers",
};

const SAMPLES: Readonly<Record<Span["kind"], Html>> = {
  judge: html`<rect class="judge" width="22" y="5" height="6" rx="3"/>`,
  wait: html`<line class="wait" x1="0" x2="22" y1="8" y2="8"/>`,
  queue: html`<line class="queue" x1="0" x2="22" y1="8" y2="8"/>`,
  hold: html`<rect class="hold" width="22" y="1" height="14" rx="4"/>`,
  send: html`<rect class="send" x="8" width="6" y="1" height="14" rx="3"/>`,
};

function inWords({ spans, marks }: Lane): string {
  const parts = [
    ...marks
      .filter(({ kind }) => kind !== "due")
      .map(({ kind, at }) => ({ at, says: `${SAYS[kind]} after ${duration(at)}` })),
    ...spans.map(({ kind, from, to }) => ({
      at: from,
      says: `${VERBS[kind]} from ${duration(from)} to ${duration(to)}`,
    })),
  ];
  return parts
    .toSorted((one, other) => one.at - other.at)
    .map(({ says }) => says)
    .join(", ");
}

/** A step that gives four to eight ticks. */
function stepFor(endMs: number): number {
  return (
    [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 900_000, 3_600_000].find(
      (ms) => endMs / ms <= 7,
    ) ?? 14_400_000
  );
}

function tick(ms: number, step: number): string {
  return step >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
