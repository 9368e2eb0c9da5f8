/** What a chain of providers is made of: plain data, read from the environment once, at start. */

/** `lite` for relevance, parsing and bulk; `standard` for answers, analysis and tools. */
export type Tier = "lite" | "standard";

/** US dollars per million tokens. */
export type Prices = { inputUsdPerM: number; cachedUsdPerM: number; outputUsdPerM: number };

/** Where a price comes from: the list in `providers.ts`, the environment, this machine, or fear of the bill. */
export type PriceSource = "listed" | "set" | "local" | "dearest known";

/** How a provider is asked for an answer of a given shape. */
export type Structured = "schema" | "tool";

/** What one OpenAI-compatible endpoint does in its own way. */
export type Quirks = {
  structured: Structured;
  /** OpenAI calls the limit of the answer `max_completion_tokens`; most others know only the older name. */
  limitField: "max_tokens" | "max_completion_tokens";
  /** Fields added to every request as they are. */
  extra: Readonly<Record<string, unknown>>;
  /** The usage block carries the bill in US dollars (`usage.cost`); it is believed before our price list. */
  reportsCost: boolean;
  /** Silence before the first piece of an answer, then the time for all of it. */
  firstTokenMs: number;
  deadlineMs: number;
};

/** One provider with one model: a link of a chain. */
export type ProviderSettings = {
  id: string;
  baseUrl: string;
  /** Never logged, never in an error, never described. */
  apiKey: string | null;
  /** The variable a person sets when the key is refused. */
  keyVariable: string;
  model: string;
  prices: Prices;
  priceSource: PriceSource;
  quirks: Quirks;
};

/** The chains of both tiers, first choice first. An empty chain means the offline model. */
export type LlmSettings = {
  lite: readonly ProviderSettings[];
  standard: readonly ProviderSettings[];
  /** How fast the offline model speaks; 0 means without any delay. */
  offlineWordsPerSecond: number;
};
