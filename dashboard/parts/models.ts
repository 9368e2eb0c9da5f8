/** The models: which are asked in which order, and how their providers stand right now. */
import { type Html, html } from "../html.ts";
import type { Chain } from "../read/configuration.ts";
import type { ProviderLine } from "../read/providers.ts";
import { latency, timeOfDay, usd } from "./figures.ts";
import { table } from "./table.ts";
import { empty, time, word } from "./word.ts";

const TIERS: Readonly<Record<Chain["tier"], string>> = {
  standard: "Standard: answers and tools",
  lite: "Lite: judging and bulk work",
};

/** What agents have seen of each provider since they came up. */
export function standings(lines: readonly ProviderLine[], now: number): Html {
  if (lines.length === 0)
    return empty(
      html`No agent has said which models it asks yet. Each says it when it comes up: <code>kaos up</code>.`,
    );
  return table({
    label: "Providers right now",
    phone: "cards",
    columns: [
      { head: "tier" },
      { head: "place", kind: "num" },
      { head: "provider" },
      { head: "state" },
      { head: "last answer", kind: "num" },
      { head: "took", kind: "num" },
      { head: "last failure", kind: "wide" },
    ],
    rows: lines.map(({ tier, place, provider, model, tone, says, answered, failed }) => [
      tier,
      String(place),
      html`<b>${provider}</b><small class="role">${model}</small>`,
      word(tone, says),
      answered === undefined
        ? html`<span class="soft">none yet</span>`
        : time(answered.at, timeOfDay(answered.at, now)),
      answered === undefined ? "–" : latency(answered.latencyMs),
      failed === undefined
        ? html`<span class="soft">none</span>`
        : html`${time(failed.at, timeOfDay(failed.at, now))} <b>${failed.failure}</b><small class="role">${failed.because}</small>`,
    ]),
  });
}

/** A chain as it is set, with keys and prices. */
export function chain(one: Chain): Html {
  const title = html`<h3>${TIERS[one.tier]} <code>${one.variable}</code></h3>`;
  if ("problem" in one) return html`${title}<p class="refusal">${one.problem}</p>`;
  const perMillion = (value: number) => (value === 0 ? "–" : usd(value));
  return html`
    ${title}
    ${table({
      label: `Chain ${one.tier}`,
      phone: "cards",
      columns: [
        { head: "asked" },
        { head: "provider" },
        { head: "model", kind: "wide" },
        { head: "key" },
        { head: "in / M", kind: "minor num" },
        { head: "out / M", kind: "minor num" },
        { head: "price", kind: "minor" },
      ],
      rows: one.links.map(({ provider, model, host, keyVariable, keySet, prices, priceSource }, index) => [
        index === 0 ? "first" : "if that fails",
        html`<b>${provider}</b>${host !== "" && html`<small class="role">${host}</small>`}`,
        html`<code>${model}</code>`,
        keyVariable === ""
          ? word("off", "none needed")
          : html`${word(keySet ? "ok" : "off", keySet ? "set" : "not set")}<small class="role">${keyVariable}</small>`,
        perMillion(prices.inputUsdPerM),
        perMillion(prices.outputUsdPerM),
        priceSource,
      ]),
    })}
    <p class="soft">${one.links.some(({ provider }) => provider !== "offline") ? html`<code>kaos doctor</code> finds out whether they answer, by asking each.` : html`The offline model answers: prepared lines, no thinking, no cost. <code>${one.variable}</code> names real ones.`}</p>`;
}
