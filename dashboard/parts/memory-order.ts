/** Orders to an agent's memory: the forms that give them, and what came of the last one. The agent carries them out, for nobody else writes its file. */
import type { Assignment } from "../../shared/ledger/index.ts";
import type { Carried } from "../../shared/memory/index.ts";
import { type Content, type Html, html } from "../html.ts";
import { who } from "./names.ts";

/** The form of one order; `fields` are its own, `confirm` is what a person must type to have it done. */
export function orderForm({
  agent,
  csrf,
  order,
  says,
  hidden = {},
  fields,
  confirm,
}: {
  agent: string;
  csrf: string;
  order: string;
  /** What the button says. */
  says: string;
  hidden?: Readonly<Record<string, string | number>>;
  fields?: Content;
  confirm?: string;
}): Html {
  const inputs = Object.entries({ csrf, agent, order, ...hidden });
  return html`
    <form class="form" method="post" action="/memory/orders" aria-label="${says}">
      ${inputs.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      ${fields}
      ${confirm !== undefined && html`<label class="long"><span>type <code>${confirm}</code> to have it done</span> <input name="confirm" autocomplete="off" required /></label>`}
      <button class="button">${says}</button>
    </form>`;
}

/** How an order stands; once it is done, its receipt. */
export function orderState({ id, agent, state, result, because }: Assignment): Html {
  const carried = result === null ? undefined : (JSON.parse(result) as Carried);
  const receipt = carried?.receipt;
  return html`
    <section id="order" class="panel" aria-label="Order ${id}">
      <h2>Your order to ${who(agent)}</h2>
      <p role="status">${carried?.because ?? STANDS[state]?.(agent) ?? because}</p>
      ${receipt && html`<details id="receipt" class="more"><summary>The receipt</summary><p>Forgotten: ${receipt.forgotten.join(", ") || "nothing"}.</p>${receipt.rewritten.length > 0 && html`<p>Words taken out of: ${receipt.rewritten.join(", ")}.</p>`}${receipt.stillFound.map(({ layer, because: why }) => html`<p class="refusal">${layer}: ${why}</p>`)}</details>`}
    </section>`;
}

const STANDS: Partial<Record<Assignment["state"], (agent: string) => string>> = {
  waiting: (agent) => `${agent} has not taken it up yet. It does so at once when it runs; kaos status tells.`,
  working: (agent) => `${agent} is at it.`,
};
