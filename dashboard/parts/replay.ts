/** What if: a form that asks for another policy, and what would have happened under it beside what did. */
import type { Compared, Replay } from "../../shared/explain/index.ts";
import { type Html, html } from "../html.ts";
import { count, duration } from "./figures.ts";
import { who } from "./names.ts";
import { OUTCOME_WORDS } from "./standing.ts";
import { table } from "./table.ts";
import { empty, word } from "./word.ts";

/** What was typed into the form; empty where nothing was. */
export type Typed = { message: number; cap: string; pace: string; fit: string };

/** A plain form that asks for the page again; with htmx the section alone is swapped. `answer` is undefined until something was asked. */
export function whatIf({ message, cap, pace, fit }: Typed, answer: Replay | { refused: string } | undefined): Html {
  return html`
    <section id="replay" class="panel">
      <h2>What if?</h2>
      <form class="form" method="get" action="/swarm#replay" hx-get="/swarm" hx-target="#replay" hx-select="#replay" hx-swap="outerHTML">
        <input type="hidden" name="message" value="${message}" />
        <label>volunteers at most <input name="cap" type="number" inputmode="numeric" min="1" max="6" step="1" value="${cap}" placeholder="as it was" /></label>
        <label>pace <input name="pace" type="number" inputmode="decimal" min="0.01" max="10" step="any" value="${pace}" placeholder="as it was" /></label>
        <label>fit from <input name="fit" type="number" inputmode="numeric" min="1" max="10" step="1" value="${fit}" placeholder="as it was" /></label>
        <button class="button main">Replay</button>
      </form>
      <div role="status">${answer === undefined ? html`<p class="soft">Decides this message again from what the ledger kept, by the same rules, under another policy. Nothing is sent.</p>` : said(answer)}</div>
    </section>`;
}

function said(answer: Replay | { refused: string }): Html {
  if ("refused" in answer) return html`<p class="refusal">${answer.refused}</p>`;
  if (answer.kind === "unknown") return empty(`This cannot be replayed: ${answer.because}.`);
  const { agents, was, tried, faithful } = answer;
  const changed = agents.filter(({ same }) => !same);
  const asked = [
    tried.cap !== was.cap && `${count(tried.cap, "volunteer")} at most instead of ${was.cap}`,
    tried.pace !== was.pace && `pace ${tried.pace} instead of ${was.pace}`,
    tried.relevanceMin !== was.relevanceMin && `fit from ${tried.relevanceMin} instead of ${was.relevanceMin}`,
  ].filter((part) => part !== false);
  const under = asked.length === 0 ? "the policy that was in force" : asked.join(", ");
  return html`
    <p>With ${under}: <b>${changed.length === 0 ? "nothing would be different" : `${count(changed.length, "agent")} would have fared otherwise`}.</b></p>
    ${!faithful && html`<p class="soft">Take it with care: something that no policy decides, such as a process that died, had its part in what happened.</p>`}
    ${table({
      label: "What happened, and what would have",
      columns: [
        { head: "agent" },
        { head: "happened" },
        { head: "would have" },
        { head: "its turn", kind: "minor num" },
        { head: "because", kind: "wide" },
      ],
      rows: agents.map((one) => [
        who(one.agent),
        one.happened.outcome === undefined
          ? "–"
          : word(OUTCOME_WORDS[one.happened.outcome].tone, OUTCOME_WORDS[one.happened.outcome].word),
        one.same ? html`<span class="soft">the same</span>` : would(one),
        one.would.etaMs === undefined ? "–" : `+${duration(one.would.etaMs)}`,
        one.would.because,
      ]),
    })}`;
}

/** What nobody can know is said to be so. */
function would({ would: { outcome, certain } }: Compared): Html {
  if (outcome === undefined) return word("off", certain ? "not said" : "unknown");
  if (!certain && outcome === "replied") return word("wait", "had a turn");
  const { tone, word: says } = OUTCOME_WORDS[outcome];
  return word(tone, certain ? says : `${says}, perhaps`);
}
