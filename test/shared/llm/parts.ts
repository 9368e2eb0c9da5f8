/** What the tests of models are made of: settings of a provider that answers on loopback, and models with nothing real around them. */
import { type Clock, type Log, seeded, silentLog, systemClock } from "../../../shared/base/index.ts";
import type { ModelOptions, ModelRequest } from "../../../shared/engine/index.ts";
import {
  createModels,
  type MeteredCall,
  type Models,
  type ProviderSettings,
  type Quirks,
} from "../../../shared/llm/index.ts";

export const KEY = "sk-test-0123456789abcdef";

const quirks: Quirks = {
  structured: "schema",
  limitField: "max_tokens",
  extra: {},
  reportsCost: false,
  firstTokenMs: 20_000,
  deadlineMs: 120_000,
};

export function providerAt(
  baseUrl: string,
  more: Partial<Omit<ProviderSettings, "quirks">> & { quirks?: Partial<Quirks> } = {},
): ProviderSettings {
  return {
    id: "acme",
    baseUrl,
    apiKey: KEY,
    keyVariable: "ACME_API_KEY",
    model: "small",
    prices: { inputUsdPerM: 1, cachedUsdPerM: 0.1, outputUsdPerM: 2 },
    priceSource: "listed",
    ...more,
    quirks: { ...quirks, ...more.quirks },
  };
}

export type TestModels = Models & { metered: MeteredCall[]; logged: string[] };

/** Models whose standard chain is given; an empty one is the offline model, at once. */
export function modelsWith(
  standard: readonly ProviderSettings[],
  {
    clock = systemClock,
    log = silentLog,
    wordsPerSecond = 0,
  }: { clock?: Clock; log?: Log; wordsPerSecond?: number } = {},
): TestModels {
  const metered: MeteredCall[] = [];
  const logged: string[] = [];
  const warn = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const models = createModels({
    settings: { lite: [], standard, offlineWordsPerSecond: wordsPerSecond },
    clock,
    random: seeded(7),
    log: { ...log, warn },
    onUsage: (call) => void metered.push(call),
  });
  return { ...models, metered, logged };
}

export function asking(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { entries: [{ role: "user", text }], tools: [], tokensMax: 200, ...more };
}

export function calmly(more: Partial<ModelOptions> = {}): ModelOptions {
  return { signal: new AbortController().signal, ...more };
}
