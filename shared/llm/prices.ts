/** What a completion costs, and what it is taken to cost when nobody says. */
import type { Usage } from "../engine/index.ts";
import { providers } from "./providers.ts";
import type { Prices } from "./settings.ts";

/** What costs nothing. */
export const freeOfCharge: Prices = { inputUsdPerM: 0, cachedUsdPerM: 0, outputUsdPerM: 0 };

/** The price of a model that nobody priced: the dearest of the list in each column, cached tokens without discount. */
export function dearestKnown(): Prices {
  const known = providers.flatMap((one) => (one.prices === "local" ? [] : Object.values(one.prices)));
  const inputUsdPerM = Math.max(...known.map((prices) => prices.inputUsdPerM));
  return {
    inputUsdPerM,
    cachedUsdPerM: inputUsdPerM,
    outputUsdPerM: Math.max(...known.map((prices) => prices.outputUsdPerM)),
  };
}

/** Tokens with their price in US dollars. */
export function priced(tokens: Omit<Usage, "costUsd">, prices: Prices): Usage {
  const cached = Math.min(tokens.cachedTokens, tokens.inputTokens);
  const millionths =
    (tokens.inputTokens - cached) * prices.inputUsdPerM +
    cached * prices.cachedUsdPerM +
    tokens.outputTokens * prices.outputUsdPerM;
  return { ...tokens, cachedTokens: cached, costUsd: millionths / 1_000_000 };
}

/** About 3.5 characters make a token: used when a provider sends no usage, or broke off before it. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 3.5);
}
