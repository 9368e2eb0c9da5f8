/** A decision as a line that unfolds into a table: who answered, who let go, who never bid, and why. */
import { type Html, html } from "../html.ts";
import type { Decision, Verdict } from "../read/decision.ts";
import { count, duration, inWords, usd } from "./figures.ts";
import { hueOf, who } from "./names.ts";
import { table } from "./table.ts";
import { word } from "./word.ts";

export function decision(of: Decision): Html {
  if (of.verdicts.length === 0) return html``;
  return html`
    <details class="why" id="why-${of.message}">
      <summary>${of.verdicts.filter(({ claimed }) => claimed).map((verdict) => chip(verdict, inFull(verdict)))}<span>${rest(of)}</span></summary>
      ${table({
        label: "What each agent decided",
        columns: [
          { head: "agent" },
          { head: "tier", kind: "minor num" },
          { head: "fit", kind: "minor num" },
          { head: "bid for", kind: "minor num" },
          { head: "outcome" },
          { head: "because", kind: "wide" },
        ],
        rows: of.verdicts.map((verdict) => [
          who(verdict.agent),
          verdict.tier ?? "–",
          verdict.fit ?? "–",
          verdict.bidMs === undefined ? "–" : `+${(verdict.bidMs / 1_000).toFixed(1)} s`,
          word(verdict.tone, inFull(verdict)),
          verdict.because,
        ]),
      })}
    </details>`;
}

/** One agent's part in a decision, at a glance. */
export function chip({ agent, tone }: Pick<Verdict, "agent" | "tone">, says: string): Html {
  return html`<span class="chip ${hueOf(agent)} ${tone}"><i></i><b>${agent}</b> ${says}</span>`;
}

/** What came of it, with the time that an answer took. */
export function inFull({ word: says, tookMs }: Verdict): string {
  return tookMs === undefined ? says : `${says} in ${duration(tookMs)}`;
}

/** What the chips do not show: those who did not bid, the calls to judge, the money. */
function rest({ verdicts, judgeCalls, costUsd }: Decision): string {
  const silent = verdicts.filter(({ claimed }) => !claimed);
  const words = [...new Set(silent.map(({ word: says }) => says))];
  const parts = words.map((says) => `${inWords(silent.filter(({ word: other }) => other === says).length)} ${says}`);
  const together = parts.join(", ");
  const bidders = verdicts.length - silent.length;
  const begins = bidders > 0 && together !== "" ? `and ${together}` : together;
  const judged = judgeCalls === 0 ? "judged without a model" : `${count(judgeCalls, "model call")} to judge`;
  const open = verdicts.every((verdict) => verdict.open);
  return [begins, open ? "" : judged, open ? "" : usd(costUsd)].filter((part) => part !== "").join(" · ");
}
