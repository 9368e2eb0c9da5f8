/** One fact of a memory: in a line, as a link, and with all that is known of it. */
import type { Fact, History } from "../../shared/memory/index.ts";
import { type Content, type Html, html } from "../html.ts";
import type { Visit } from "../view.ts";
import { exact, fields } from "./exact.ts";
import { count, timeOfDay } from "./figures.ts";
import { orderForm } from "./memory-order.ts";
import { empty, time, word } from "./word.ts";

const TEXT_MAX = 300;

/** All that is known of one fact, and what can be done about it. `history` is undefined when there is no such fact. */
export function wholeFact(history: History | undefined, { agent, visit }: { agent: string; visit: Visit }): Html {
  const back = html`<p><a href="/memory?${new URLSearchParams({ agent }).toString()}">All facts of ${agent}</a></p>`;
  if (history === undefined)
    return html`<section class="panel">${empty("There is no fact of this id; it may have been forgotten.")}${back}</section>`;
  const { fact, sources, drawnFrom, drawnInto, nights, entities } = history;
  const others = (list: readonly Fact[]): Content =>
    list.length > 0 && html`<ul>${list.map((one) => html`<li>${linked(one, agent)}</li>`)}</ul>`;
  return html`
    <section class="panel" aria-label="Fact ${fact.id}">
      <h2>${fact.id} ${standingOf(fact)}</h2>
      ${exact(fact.text)}
      ${fields([
        ["kind", fact.kind],
        ["about", fact.subject],
        ["may be told to", audienceOf(fact)],
        ["stands on the words of", fact.origin],
        ["confidence", fact.confidence.toFixed(2)],
        ["holds since", when(fact.validFrom, visit)],
        ["until", fact.validTo !== null && when(fact.validTo, visit)],
        ["learned", when(fact.learnedAt, visit)],
        ["used", count(fact.uses, "time")],
        ["last", when(fact.usedAt, visit)],
        [
          "successor",
          fact.successor !== null && html`<a href="${factHref(agent, fact.successor)}">${fact.successor}</a>`,
        ],
        ["speaks of", entities.join(", ")],
        [
          "sources",
          html`<ul>${sources.map(({ by, at, message, quote }) => html`<li>${by}, ${when(at, visit)}${message !== null && html`, message ${message}`}${quote !== null && html`: “${shortened(quote)}”`}</li>`)}</ul>`,
        ],
        ["drawn from", others(drawnFrom)],
        ["led to", others(drawnInto)],
        [
          "nights",
          nights.length > 0 &&
            html`<ul>${nights.map(({ night, at, step, before, undone }) => html`<li>night ${night}, ${when(at, visit)}: ${step}; before it was ${before}${undone && ", undone since"}</li>`)}</ul>`,
        ],
      ])}
      ${fact.kind !== "said" && fact.validTo === null && orderForm({ agent, csrf: visit.csrf, order: "correct", says: "Correct it", hidden: { id: fact.id }, fields: html`<label class="long">what is true instead <input name="text" value="${fact.text}" maxlength="2000" required /></label>` })}
      ${orderForm({ agent, csrf: visit.csrf, order: "forget", says: "Forget it", hidden: { ids: fact.id } })}
      <p class="soft">Forgotten, it goes from every layer with all that was drawn from it; the agent searches again and gives a receipt, and nothing brings it back. <code>kaos memory forget ${fact.id} --agent ${agent} --yes</code> does the same.</p>
      ${back}
    </section>`;
}

/** Its text, leading to all that is known of it. */
export function linked(fact: Fact, agent: string): Html {
  return html`<a href="${factHref(agent, fact.id)}">${shortened(fact.text)}</a>`;
}

/** Where all that is known of it stands. */
export function factHref(agent: string, fact: string): string {
  return `/memory?${new URLSearchParams({ agent, fact }).toString()}`;
}

/** Whether it is recalled, in a word. */
export function standingOf({ standing, validTo }: Fact): Html {
  if (standing === "active" && validTo !== null) return word("off", "ended");
  return word(standing === "active" ? "ok" : standing === "quarantined" ? "stop" : "off", standing);
}

/** Whom it may be told to: a room by its own name, which says already that it is one. */
export function audienceOf({ audience }: { audience: string }): string {
  return audience.startsWith("room:room:") ? audience.slice("room:".length) : audience;
}

/** A moment, as the other views tell it. */
export function when(at: number, { now }: Visit): Html {
  return time(at, timeOfDay(at, now));
}

/** As much of a text as a line takes. */
export function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text || "(no text)" : `${text.slice(0, TEXT_MAX)}…`;
}
