/** One tool call of the trail as a line that unfolds: when, who, what with, how it ended; below it everything that was written down. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type Html, html, live } from "../html.ts";
import type { Entry } from "../read/calls.ts";
import { argumentsOf, exact, fields, textOf } from "./exact.ts";
import { exactTime, latency, timeOfDay } from "./figures.ts";
import { who } from "./names.ts";
import { type Tone, time, word } from "./word.ts";

const ARGUMENTS_CHARACTERS_MAX = 200;

/** Every way in which a call ends, in the order in which a person looks for them. */
export const CLASSES: Readonly<Record<string, Tone>> = {
  ok: "ok",
  refused: "stop",
  waiting: "wait",
  failed: "stop",
  "timed out": "stop",
  "server down": "stop",
  "bad arguments": "stop",
  "unknown tool": "stop",
  "skip this item": "off",
  uncertain: "wait",
};

export function callLine(entry: Entry, now: number): Html {
  const { agent, seq, at } = entry;
  const when = time(at, `${timeOfDay(at, now).replace(/\d\d:\d\d$/, "")}${exactTime(at)}`);
  if (entry.kind === "note") {
    return html`<li class="note">${when}${who(agent)}<span class="soft">${entry.says}</span></li>`;
  }
  const { tool, result, decision } = entry;
  const end = result ?? { class: "no result", text: "", latencyMs: 0 };
  return live(html`
    <li id="c-${agent}-${seq}">
      <details id="d-${agent}-${seq}">
        <summary>${when}${who(agent)}<b class="tool">${tool}</b><span class="args soft">${inOneLine(entry.arguments)}</span>${word(CLASSES[end.class] ?? "wait", end.class)}<span class="num soft">${result && latency(result.latencyMs)}</span></summary>
        ${argumentsOf(entry.arguments)}
        ${fields([
          ["gate", gateOf(decision)],
          ["effects", entry.effects],
          ["result", result === undefined ? NO_RESULT : exact(end.text)],
          [
            "turn",
            html`<a href="/audit?agent=${agent}&amp;turn=${encodeURIComponent(entry.turn)}"><code>${entry.turn}</code></a> · <a href="/turns?agent=${agent}&amp;turn=${encodeURIComponent(entry.turn)}">step by step</a>`,
          ],
          [
            "session",
            entry.session !== "" &&
              html`<a href="/audit?session=${encodeURIComponent(entry.session)}"><code>${entry.session}</code></a>`,
          ],
          ["line", `${seq} of ${agent}’s log`],
        ])}
      </details>
    </li>`);
}

const NO_RESULT = "It had not ended when this page was made, or its process died before it could say how it ended.";

function gateOf({ allow, because }: { allow: boolean | "ask"; because: string }): Html {
  const says = allow === "ask" ? "asked a person" : allow ? "let it pass" : "did not let it run";
  return html`${says}${because !== "" && html`: ${because}`}`;
}

/** The values only: their names are below. */
function inOneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return cut(oneLine(textOf(value)), ARGUMENTS_CHARACTERS_MAX);
  const parts = Object.values(value).map((part) => oneLine(typeof part === "string" ? part : JSON.stringify(part)));
  return cut(parts.join(" · "), ARGUMENTS_CHARACTERS_MAX);
}
