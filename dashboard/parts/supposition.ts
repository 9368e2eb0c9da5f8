/** One supposition about a person, with the facts for it and against it, and the forms that change it. */
import type { Fact, Hypothesis } from "../../shared/memory/index.ts";
import { type Content, type Html, html } from "../html.ts";
import { linked } from "./fact.ts";
import { orderForm } from "./memory-order.ts";
import { word } from "./word.ts";

/** A list item. */
export function supposition(
  { id, text, state, by, confidence, ...evidence }: Hypothesis,
  at: { agent: string; csrf: string },
): Html {
  const facts = (says: string, list: readonly Fact[]): Content =>
    list.length > 0 &&
    html`<p class="soft">${says}</p><ul>${list.map((one) => html`<li>${linked(one, at.agent)}</li>`)}</ul>`;
  return html`
    <li>
      <p>${text} ${word(state === "confirmed" ? "ok" : state === "dropped" ? "stop" : "wait", state)} <span class="soft">${Math.round(confidence * 100)} %, by ${by}</span></p>
      <details id="supposition-${id}" class="more"><summary>facts, and changing it</summary>
        ${facts("for it", evidence.for)}${facts("against it", evidence.against)}
        ${orderForm({ ...at, order: "reword", says: "Change", hidden: { hypothesis: id }, fields: html`<label class="long">instead <input name="text" value="${text}" maxlength="500" required /></label>` })}
        ${orderForm({ ...at, order: "strike", says: "Strike", hidden: { hypothesis: id } })}
      </details>
    </li>`;
}
