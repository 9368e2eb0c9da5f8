/** A decision as a line that unfolds into a table: who answered, who let go, who never bid, and why. */
import type { Decided, Verdict } from "../../shared/ledger/index.ts";
import { type Html, html } from "../html.ts";
import { count, inWords, usd } from "./figures.ts";
import { hueOf, who } from "./names.ts";
import { inFull, type Scene, type Standing, standingOf } from "./standing.ts";
import { table } from "./table.ts";
import { word } from "./word.ts";

export function decision(of: Decided, scene: Scene): Html {
  if (of.verdicts.length === 0) return html``;
  const bidders = of.verdicts.filter(({ claim }) => claim !== undefined);
  return html`
    <details class="why" id="why-${of.message}">
      <summary>${bidders.map((verdict) => chip(verdict.agent, inFull(verdict, scene)))}<span>${rest(of, scene)}</span></summary>
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
        rows: of.verdicts.map((verdict) => {
          const { tone, word: says } = inFull(verdict, scene);
          return [
            who(verdict.agent),
            verdict.tier ?? "–",
            verdict.fit ?? "–",
            verdict.etaMs === undefined ? "–" : `+${(verdict.etaMs / 1_000).toFixed(1)} s`,
            word(tone, says),
            verdict.because,
          ];
        }),
      })}
    </details>`;
}

/** One agent's part in a decision, at a glance. */
export function chip(agent: string, { tone, word: says }: Standing): Html {
  return html`<span class="chip ${hueOf(agent)} ${tone}"><i></i><b>${agent}</b> ${says}</span>`;
}

/** What the chips do not show: those who did not bid, the calls to judge, the money. */
function rest({ verdicts, expenses, costUsd }: Decided, scene: Scene): string {
  const silent = verdicts.filter(({ claim }) => claim === undefined);
  const wordOf = (verdict: Verdict) => standingOf(verdict, scene).word;
  const words = [...new Set(silent.map(wordOf))];
  const parts = words.map((says) => `${inWords(silent.filter((one) => wordOf(one) === says).length)} ${says}`);
  const together = parts.join(", ");
  const begins = verdicts.length > silent.length && together !== "" ? `and ${together}` : together;
  if (verdicts.every(({ outcome }) => outcome === undefined)) return begins;
  const judged = expenses.filter(({ purpose }) => purpose === "judge").length;
  const asked = judged === 0 ? "judged without a model" : `${count(judged, "model call")} to judge`;
  return [begins, asked, usd(costUsd)].filter((part) => part !== "").join(" · ");
}
