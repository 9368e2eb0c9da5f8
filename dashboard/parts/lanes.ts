/** The six lanes of one message over seconds: who judged, waited, held, sent. Each lane also says it in words. */
import { type Html, html } from "../html.ts";
import type { Lane, Span } from "../read/timeline.ts";
import { duration } from "./figures.ts";
import { hueOf, who } from "./names.ts";
import { type Tone, word } from "./word.ts";

export type LaneRow = Lane & {
  tone: Tone /** What came of it, with the time it took. */;
  ends: string;
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
      <svg class="axis" aria-hidden="true">${ticks.map((ms, index) => html`<text x="${x(ms)}" y="14" class="${index === 0 ? "first" : index === ticks.length - 1 && "last"}">${ms / 1_000} s</text>`)}</svg>
      <p class="key" aria-hidden="true"><span class="judge">judges</span><span class="wait">waits</span><span class="bid">its time</span><span class="hold">holds</span><span class="send">sends</span></p>
    </div>`;
}

function lane(row: LaneRow, x: (ms: number) => string, ticks: readonly number[]): Html {
  const { agent, spans, marks, slot, tone, ends, because } = row;
  return html`
    <li class="${hueOf(agent)}">
      ${who(agent)}
      <svg aria-hidden="true">
        ${ticks.map((ms) => html`<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="0" y2="34"/>`)}<line class="base" x1="0" x2="100%" y1="17" y2="17"/>
        ${spans.map((span) => shape(span, x))}
        ${marks.map(({ kind, at }) => (kind === "bid" ? html`<line class="bid" x1="${x(at)}" x2="${x(at)}" y1="9" y2="25"/>` : html`<circle class="dot ${kind}" cx="${x(at)}" cy="17" r="5"/>`))}
      </svg>
      <span class="end">${word(tone, ends)}<small>${slot !== undefined && `slot ${slot} · `}${because}</small></span>
      <span class="sr">${inWords(spans)}</span>
    </li>`;
}

function shape({ kind, from, to }: Span, x: (ms: number) => string): Html {
  if (kind === "wait") return html`<line class="wait" x1="${x(from)}" x2="${x(to)}" y1="17" y2="17"/>`;
  if (kind === "judge")
    return html`<rect class="judge" x="${x(from)}" width="${x(Math.max(60, to - from))}" y="14" height="6" rx="3"/>`;
  if (kind === "hold")
    return html`<rect class="hold" x="${x(from)}" width="${x(to - from)}" y="7" height="20" rx="5"/>`;
  return html`<rect class="send" x="${x(from)}" width="${x(to - from)}" y="7" height="20" rx="3"/><rect class="send" x="${x(from)}" width="6" y="7" height="20" rx="3"/>`;
}

const VERBS: Readonly<Record<Span["kind"], string>> = {
  judge: "judged",
  wait: "waited",
  hold: "held a slot",
  send: "sent",
};

function inWords(spans: readonly Span[]): string {
  return spans.map(({ kind, from, to }) => `${VERBS[kind]} from ${duration(from)} to ${duration(to)}`).join(", ");
}

/** A step that gives four to eight ticks. */
function stepFor(endMs: number): number {
  return (
    [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 900_000, 3_600_000].find(
      (ms) => endMs / ms <= 7,
    ) ?? 14_400_000
  );
}
