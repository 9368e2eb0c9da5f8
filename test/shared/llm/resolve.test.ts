/** From the names in a chain and the environment to settings, or to a sentence that says what to set. */
import { expect, test } from "vitest";
import { seeded, silentLog, systemClock } from "../../../shared/base/index.ts";
import { createModels, providers, resolveChain } from "../../../shared/llm/index.ts";

test("no names are the offline model", () => {
  expect(resolveChain("lite", [], {})).toEqual({ chain: [] });
});

test("a known provider needs its key alone; each tier has its model and its price", () => {
  const env = { OPENAI_API_KEY: " sk-1 " };
  const [lite, standard] = (["lite", "standard"] as const).map((tier) => resolveChain(tier, ["OpenAI"], env));
  expect(lite).toMatchObject({
    chain: [
      { id: "openai", apiKey: "sk-1", model: "gpt-4.1-mini", prices: { inputUsdPerM: 0.4 }, priceSource: "listed" },
    ],
  });
  expect(standard).toMatchObject({ chain: [{ model: "gpt-4.1", quirks: { limitField: "max_completion_tokens" } }] });
});

test("the environment says otherwise: address, key, model of a tier, price", () => {
  const env = {
    DEEPSEEK_API_KEY: "sk-1",
    PROVIDER_DEEPSEEK_API_KEY: "sk-2",
    PROVIDER_DEEPSEEK_BASE_URL: "http://127.0.0.1:9000/v1/",
    PROVIDER_DEEPSEEK_MODEL: "old",
    PROVIDER_DEEPSEEK_STANDARD_MODEL: "new",
    PROVIDER_DEEPSEEK_PRICE_INPUT: "0.5",
    PROVIDER_DEEPSEEK_PRICE_OUTPUT: "1.5",
  };
  const prices = { inputUsdPerM: 0.5, cachedUsdPerM: 0.5, outputUsdPerM: 1.5 };
  const common = { apiKey: "sk-2", baseUrl: "http://127.0.0.1:9000/v1", prices, priceSource: "set" };
  expect(resolveChain("lite", ["deepseek"], env)).toMatchObject({ chain: [{ ...common, model: "old" }] });
  expect(resolveChain("standard", ["deepseek"], env)).toMatchObject({ chain: [{ ...common, model: "new" }] });
});

test.for([
  [
    "gpt-4.1-mini",
    [
      ["openai", "gpt-4.1-mini"],
      ["deepseek", "deepseek-flash"],
    ],
  ],
  [
    "deepseek/deepseek-pro",
    [
      ["deepseek", "deepseek-pro"],
      ["openai", "gpt-4.1"],
    ],
  ],
  [
    "anthropic/claude",
    [
      ["openai", "anthropic/claude"],
      ["deepseek", "deepseek-flash"],
    ],
  ],
  [
    null,
    [
      ["openai", "gpt-4.1"],
      ["deepseek", "deepseek-flash"],
    ],
  ],
] as const)(
  "an agent with the model %s of its own asks it first, and the rest of the chain after it",
  ([own, expected]) => {
    const env = { OPENAI_API_KEY: "sk-1", DEEPSEEK_API_KEY: "sk-2" };
    const resolved = resolveChain("standard", ["openai", "deepseek"], env, own);
    expect("chain" in resolved && resolved.chain.map(({ id, model }) => [id, model])).toEqual(expected);
    expect(resolveChain("standard", [], env, own)).toEqual({ chain: [] });
  },
);

test("any other provider needs an address and a model; its price is the dearest known until one is set", () => {
  const env = { PROVIDER_MY_BOX_BASE_URL: "http://10.0.0.5:8080/v1", PROVIDER_MY_BOX_MODEL: "qwen" };
  const dearestUsdPerM = Math.max(
    ...providers.flatMap(({ prices }) =>
      prices === "local" ? [] : Object.values(prices).map((one) => one.outputUsdPerM),
    ),
  );
  expect(resolveChain("lite", ["my-box"], env)).toMatchObject({
    chain: [
      {
        id: "my-box",
        apiKey: null,
        keyVariable: "PROVIDER_MY_BOX_API_KEY",
        priceSource: "dearest known",
        prices: { outputUsdPerM: dearestUsdPerM },
      },
    ],
  });
  const free = { ...env, PROVIDER_MY_BOX_PRICE_INPUT: "0", PROVIDER_MY_BOX_PRICE_OUTPUT: "0" };
  expect(resolveChain("lite", ["my-box"], free)).toMatchObject({
    chain: [{ priceSource: "set", prices: { inputUsdPerM: 0, outputUsdPerM: 0 } }],
  });
});

test("a model on this machine costs nothing, whatever it is", () => {
  const env = { PROVIDER_OLLAMA_MODEL: "anything" };
  expect(resolveChain("lite", ["ollama"], env)).toMatchObject({
    chain: [{ priceSource: "local", prices: { inputUsdPerM: 0, outputUsdPerM: 0 } }],
  });
});

test("a model of a known provider that nobody priced counts as the dearest known", () => {
  const env = { GROQ_API_KEY: "gsk-1", PROVIDER_GROQ_MODEL: "brand-new" };
  expect(resolveChain("lite", ["groq"], env)).toMatchObject({
    chain: [{ model: "brand-new", priceSource: "dearest known" }],
  });
});

test.for([
  [{ CACHED: "0.01" }, { inputUsdPerM: 0.3, cachedUsdPerM: 0.01, outputUsdPerM: 1.2 }],
  [{ OUTPUT: "2" }, { inputUsdPerM: 0.3, cachedUsdPerM: 0.006, outputUsdPerM: 2 }],
  [{ INPUT: "0.5" }, { inputUsdPerM: 0.5, cachedUsdPerM: 0.5, outputUsdPerM: 1.2 }],
] as const)("the price %o alone changes no other that is known", ([set, prices]) => {
  const env = Object.fromEntries(
    Object.entries(set).map(([name, value]) => [`PROVIDER_DEEPSEEK_PRICE_${name}`, value]),
  );
  expect(resolveChain("lite", ["deepseek"], { DEEPSEEK_API_KEY: "sk-1", ...env })).toMatchObject({
    chain: [{ prices, priceSource: "set" }],
  });
});

test("a key that is refused is looked for where it stands", () => {
  const variableOf = (env: Record<string, string>) => {
    const resolved = resolveChain("lite", ["deepseek"], env);
    return "chain" in resolved ? resolved.chain[0]?.keyVariable : resolved.problem;
  };
  expect(variableOf({ DEEPSEEK_API_KEY: "sk-1" })).toBe("DEEPSEEK_API_KEY");
  expect(variableOf({ DEEPSEEK_API_KEY: "sk-1", PROVIDER_DEEPSEEK_API_KEY: "sk-2" })).toBe("PROVIDER_DEEPSEEK_API_KEY");
});

test.for([
  [["nowhere"], {}, /Unknown provider "nowhere".*fireworks, deepseek.*PROVIDER_NOWHERE_BASE_URL/],
  [["groq"], {}, /groq needs a key: set GROQ_API_KEY, or take groq out of the lite chain/],
  [["vllm"], {}, /Which model shall vllm run\? Set PROVIDER_VLLM_MODEL/],
  [["a b"], {}, /"a b" is no name of a provider/],
  [
    ["box"],
    { PROVIDER_BOX_BASE_URL: "ftp://x", PROVIDER_BOX_MODEL: "m" },
    /PROVIDER_BOX_BASE_URL must be an http or https address/,
  ],
  [
    ["box"],
    { PROVIDER_BOX_BASE_URL: "http://me:secret@x", PROVIDER_BOX_MODEL: "m" },
    /must not carry a user or a password/,
  ],
  [["groq"], { GROQ_API_KEY: "secret with spaces" }, /The key in GROQ_API_KEY holds a character that no key has/],
  [["groq"], { GROQ_API_KEY: "k", PROVIDER_GROQ_PRICE_INPUT: "cheap" }, /PROVIDER_GROQ_PRICE_INPUT must be a number/],
] as const)("%o with %o gets a sentence", ([ids, env, sentence]) => {
  const resolved = resolveChain("lite", ids, env);
  expect(resolved).toEqual({ problem: expect.stringMatching(sentence) });
  expect(JSON.stringify(resolved)).not.toContain("secret");
});

test("every known provider is usable with its key and a model, and is described without its key", () => {
  const env = Object.fromEntries(
    providers.flatMap(({ id, keyVariable }) => [
      [keyVariable, "sk-secret"],
      [`PROVIDER_${id.toUpperCase()}_MODEL`, "m"],
    ]),
  );
  const resolved = resolveChain("standard", [...providers.map(({ id }) => id), "offline"], env);
  if ("problem" in resolved) throw new Error(resolved.problem);
  const settings = { lite: [], standard: resolved.chain, offlineWordsPerSecond: 0 };
  const models = createModels({ settings, clock: systemClock, random: seeded(1), log: silentLog });
  const described = models.describe();
  expect(described).toHaveLength(providers.length + 2);
  expect(described.at(-1)).toMatchObject({ tier: "standard", provider: "offline", host: "", priceSource: "local" });
  expect(JSON.stringify(described)).not.toContain("sk-secret");
});

test("every default model has a price", () => {
  for (const { id, models, prices } of providers) {
    for (const model of Object.values(models)) {
      if (prices !== "local" && model !== null) expect(prices[model], `${id} ${model}`).toBeDefined();
    }
  }
});
