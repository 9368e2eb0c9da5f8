/** From the names in a chain and the environment to the settings of its providers, or a sentence that says what is missing. */
import { dearestKnown, freeOfCharge } from "./prices.ts";
import { type KnownProvider, providers, remote } from "./providers.ts";
import type { PriceSource, Prices, ProviderSettings, Tier } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Resolved<T> = { ok: T } | { problem: string };

/** The name by which a chain may ask for the offline model, for example as its last resort. */
export const OFFLINE = "offline";

/** Which of these variables belong to providers: their keys, and `PROVIDER_<ID>_…`. */
export function variablesOfProviders(env: Environment): string[] {
  return Object.keys(env).filter(
    (name) => /^PROVIDER_[A-Z0-9_]+$/.test(name) || providers.some(({ keyVariable }) => keyVariable === name),
  );
}

/**
 * The settings of each provider of one tier's chain, in order. No names mean the offline model: an empty chain.
 * `env` is read for the key of each provider and for `PROVIDER_<ID>_BASE_URL | API_KEY | MODEL | LITE_MODEL |
 * STANDARD_MODEL | PRICE_INPUT | PRICE_CACHED | PRICE_OUTPUT` (US dollars per million tokens).
 *
 * `own` is the model that one agent's `agent.json` names. `<provider>/<model>`, with a provider of this chain, asks that one
 * first, with that model; anything else is the model of the first provider. The others stay, for when it does not answer.
 */
export function resolveChain(
  tier: Tier,
  ids: readonly string[],
  env: Environment,
  own: string | null = null,
): { chain: ProviderSettings[] } | { problem: string } {
  const chain: ProviderSettings[] = [];
  for (const { id, model } of arrange(
    ids.map((one) => one.trim().toLowerCase()),
    own,
  )) {
    const resolved = resolveProvider(tier, id, env, model);
    if ("problem" in resolved) return resolved;
    chain.push(resolved.ok);
  }
  return { chain };
}

/** The offline model as a link of a chain. */
export const offlineSettings: ProviderSettings = {
  id: OFFLINE,
  baseUrl: "http://offline.invalid/v1",
  apiKey: null,
  keyVariable: "",
  model: OFFLINE,
  prices: freeOfCharge,
  priceSource: "local",
  quirks: { ...remote, structured: "schema" },
};

function arrange(ids: readonly string[], own: string | null): { id: string; model?: string }[] {
  const [first, ...rest] = ids;
  if (own === null || first === undefined) return ids.map((id) => ({ id }));
  const named = ids.find((id) => own.toLowerCase().startsWith(`${id}/`));
  if (named === undefined) return [{ id: first, model: own }, ...rest.map((id) => ({ id }))];
  const others = ids.filter((id) => id !== named).map((id) => ({ id }));
  return [{ id: named, model: own.slice(named.length + 1) }, ...others];
}

function resolveProvider(
  tier: Tier,
  id: string,
  env: Environment,
  own: string | undefined,
): Resolved<ProviderSettings> {
  if (id === OFFLINE) return { ok: offlineSettings };
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(id)) {
    return { problem: `"${id}" is no name of a provider: letters, digits, "-" and "_" only.` };
  }
  const known = providers.find((one) => one.id === id);
  const prefix = `PROVIDER_${id.toUpperCase().replaceAll("-", "_")}`;
  const read = (name: string) => env[`${prefix}_${name}`]?.trim() || undefined;

  const address = baseUrl(read("BASE_URL") ?? known?.baseUrl, id, prefix);
  if ("problem" in address) return address;

  const model = own ?? read(`${tier.toUpperCase()}_MODEL`) ?? read("MODEL") ?? known?.models[tier];
  if (!model) return { problem: `Which model shall ${id} run? Set ${prefix}_MODEL.` };

  const given = read("API_KEY");
  // Where the key stands, which is where a person looks when it is refused.
  const keyVariable = given === undefined && known !== undefined ? known.keyVariable : `${prefix}_API_KEY`;
  const apiKey = given ?? env[keyVariable]?.trim() ?? "";
  if (apiKey === "" && known?.keyNeeded) {
    return { problem: `${id} needs a key: set ${keyVariable}, or take ${id} out of the ${tier} chain.` };
  }
  // A header cannot carry anything else, and the error that would follow might quote the key.
  if (!/^[\x21-\x7e]*$/.test(apiKey)) {
    return { problem: `The key in ${keyVariable} holds a character that no key has: copy it once more.` };
  }

  const price = prices(known, model, read, prefix);
  if ("problem" in price) return price;
  return {
    ok: {
      id,
      baseUrl: address.ok,
      apiKey: apiKey === "" ? null : apiKey,
      keyVariable,
      model,
      ...price.ok,
      quirks: known?.quirks ?? remote,
    },
  };
}

function baseUrl(text: string | undefined, id: string, prefix: string): Resolved<string> {
  if (text === undefined) {
    const names = providers.map((one) => one.id).join(", ");
    return { problem: `Unknown provider "${id}". Known are ${names}; for any other set ${prefix}_BASE_URL.` };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return { problem: `${prefix}_BASE_URL must be an http or https address, for example http://127.0.0.1:8000/v1.` };
  }
  if (url.username !== "" || url.password !== "") {
    return { problem: `${prefix}_BASE_URL must not carry a user or a password: put the key into ${prefix}_API_KEY.` };
  }
  return { ok: text.replace(/\/+$/, "") };
}

/** Set in the environment, or local, or listed for this very model, or else the dearest known. */
function prices(
  known: KnownProvider | undefined,
  model: string,
  read: (name: string) => string | undefined,
  prefix: string,
): Resolved<{ prices: Prices; priceSource: PriceSource }> {
  const set = { input: read("PRICE_INPUT"), cached: read("PRICE_CACHED"), output: read("PRICE_OUTPUT") };
  for (const [name, value] of Object.entries(set)) {
    if (value !== undefined && !/^\d+(\.\d+)?$/.test(value)) {
      const variable = `${prefix}_PRICE_${name.toUpperCase()}`;
      return { problem: `${variable} must be a number, US dollars per million tokens, for example 0.60.` };
    }
  }
  const listed = known === undefined || known.prices === "local" ? undefined : known.prices[model];
  const base = known?.prices === "local" ? freeOfCharge : (listed ?? dearestKnown());
  if (Object.values(set).every((price) => price === undefined)) {
    const source = known?.prices === "local" ? "local" : listed === undefined ? "dearest known" : "listed";
    return { ok: { prices: base, priceSource: source } };
  }
  return {
    ok: {
      prices: {
        inputUsdPerM: Number(set.input ?? base.inputUsdPerM),
        // What is known of the cache belongs to the price that was known.
        cachedUsdPerM: Number(set.cached ?? set.input ?? base.cachedUsdPerM),
        outputUsdPerM: Number(set.output ?? base.outputUsdPerM),
      },
      priceSource: "set",
    },
  };
}
