/** The models of both tiers, made from settings; the one place that knows of chains, breakers and the offline model at once. */
import type { Clock, Log, Random } from "../base/index.ts";
import type { Model } from "../engine/index.ts";
import { createBreaker } from "./breaker.ts";
import { createChain, type Link, type MeteredCall } from "./chain.ts";
import { createOfflineFetch } from "./offline/responder.ts";
import { createProvider, type Fetch } from "./provider.ts";
import { OFFLINE, offlineSettings } from "./resolve.ts";
import type { LlmSettings, PriceSource, Prices, ProviderSettings, Tier } from "./settings.ts";
import { createWatch, type Standing } from "./standing.ts";

/** What a person may know of a provider: no key, and of its address only the host. */
export type ProviderState = {
  tier: Tier;
  provider: string;
  model: string;
  /** Empty for the offline model. */
  host: string;
  prices: Prices;
  priceSource: PriceSource;
  /** In its chain, from 1. */
  place: number;
  /** In a row; 0 after an answer. */
  failures: number;
  standing: Standing;
  /** `because` says what it rests from. */
  state: { kind: "ready" } | { kind: "resting"; forMs: number; because: string };
};

export type Models = { lite: Model; standard: Model; describe(): ProviderState[] };

type ModelsDeps = {
  settings: LlmSettings;
  clock: Clock;
  random: Random;
  log: Log;
  /** Hears of each provider that answered, and of each failure and stop that cost something, one by one. */
  onUsage?: (call: MeteredCall) => void;
  /** Hears that `describe` says something new. */
  onStanding?: () => void;
  /** How requests leave this process; the machine's own way unless told otherwise. */
  fetch?: Fetch;
};

/** Opens no connection and imports no client: that happens with the first completion. */
export function createModels(deps: ModelsDeps): Models {
  const { settings, clock, random, log, onUsage, onStanding = () => {}, fetch = globalThis.fetch } = deps;
  const offlineFetch = createOfflineFetch({ clock, wordsPerSecond: settings.offlineWordsPerSecond });
  const link = (provider: ProviderSettings): Link => ({
    provider: createProvider(provider, { clock, fetch: provider.id === OFFLINE ? offlineFetch : fetch }),
    breaker: createBreaker(clock),
    watch: createWatch(clock, onStanding),
  });
  const links = (chain: readonly ProviderSettings[]) => (chain.length === 0 ? [offlineSettings] : chain).map(link);
  const lite = links(settings.lite);
  const standard = links(settings.standard);

  const describe = (tier: Tier) => (one: Link, index: number) => describeLink(tier, one, index + 1);
  return {
    lite: createChain({ tier: "lite", links: lite, clock, random, log, onUsage }),
    standard: createChain({ tier: "standard", links: standard, clock, random, log, onUsage }),
    describe: () => [...lite.map(describe("lite")), ...standard.map(describe("standard"))],
  };
}

function describeLink(tier: Tier, { provider, breaker, watch }: Link, place: number): ProviderState {
  const { id, model, baseUrl, prices, priceSource } = provider.settings;
  const rest = breaker.rest();
  return {
    tier,
    place,
    failures: breaker.failures(),
    standing: watch.standing(),
    provider: id,
    model,
    host: id === OFFLINE ? "" : new URL(baseUrl).host,
    prices,
    priceSource,
    state: rest === undefined ? { kind: "ready" } : { kind: "resting", ...rest },
  };
}
