/** The providers that are known by name. To add one, add an entry; the contract suite `model` is its test. */
import type { Prices, Quirks, Tier } from "./settings.ts";

/** What is known of a provider before any key is set. */
export type KnownProvider = {
  id: string;
  baseUrl: string;
  keyVariable: string;
  /** A provider on this machine or behind one's own gateway may need no key. */
  keyNeeded: boolean;
  /** `null` where only its owner knows the model: it must be set. */
  models: Readonly<Record<Tier, string | null>>;
  /** Per model; `local` costs nothing whatever the model. */
  prices: "local" | Readonly<Record<string, Prices>>;
  quirks: Quirks;
};

/** Quirks of a provider that has none: 20 s of silence and 120 s in all are ours to bear, a cloud answers sooner. */
export const remote: Quirks = {
  structured: "tool",
  limitField: "max_tokens",
  extra: {},
  reportsCost: false,
  firstTokenMs: 20_000,
  deadlineMs: 120_000,
};

/** A model on this machine may have to be read from disk before its first word. */
const local: Quirks = { ...remote, structured: "schema", firstTokenMs: 120_000, deadlineMs: 600_000 };

/**
 * Prices as seen in November 2026, some of them only in third-party lists: a bill is what the provider says it is, and
 * `PROVIDER_<ID>_PRICE_INPUT | PRICE_CACHED | PRICE_OUTPUT` corrects them without a new version.
 */
export const providers: readonly KnownProvider[] = [
  {
    id: "fireworks",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    keyVariable: "FIREWORKS_API_KEY",
    keyNeeded: true,
    // Kimi K2.5 left the serverless list in June 2026 (404 since); K2.6 is its successor there.
    models: { lite: "accounts/fireworks/models/gpt-oss-120b", standard: "accounts/fireworks/models/kimi-k2p6" },
    prices: {
      "accounts/fireworks/models/kimi-k2p6": usd(0.95, 0.16, 4),
      "accounts/fireworks/models/kimi-k2p5": usd(0.6, 0.1, 3),
      "accounts/fireworks/models/deepseek-v3p2": usd(0.56, 0.28, 1.68),
      "accounts/fireworks/models/gpt-oss-120b": usd(0.15, 0.015, 0.6),
    },
    quirks: { ...remote, structured: "schema" },
  },
  {
    id: "deepseek",
    baseUrl: "https://api.deepseek.com",
    keyVariable: "DEEPSEEK_API_KEY",
    keyNeeded: true,
    // `deepseek-chat` (V3) was switched off on 24 July 2026; `deepseek-flash` is the name that stays.
    models: { lite: "deepseek-flash", standard: "deepseek-flash" },
    prices: { "deepseek-flash": usd(0.3, 0.006, 1.2), "deepseek-v4-pro": usd(1.32, 0.044, 3.96) },
    // It thinks by default, and then wants its thoughts back with every tool result; we keep no thoughts.
    quirks: { ...remote, extra: { thinking: { type: "disabled" } } },
  },
  {
    id: "openai",
    baseUrl: "https://api.openai.com/v1",
    keyVariable: "OPENAI_API_KEY",
    keyNeeded: true,
    models: { lite: "gpt-4.1-mini", standard: "gpt-4.1" },
    prices: { "gpt-4.1-mini": usd(0.4, 0.1, 1.6), "gpt-4.1": usd(2, 0.5, 8) },
    quirks: { ...remote, structured: "schema", limitField: "max_completion_tokens" },
  },
  {
    id: "openrouter",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    keyNeeded: true,
    models: { lite: "openai/gpt-4.1-mini", standard: "openai/gpt-4.1" },
    prices: { "openai/gpt-4.1-mini": usd(0.4, 0.1, 1.6), "openai/gpt-4.1": usd(2, 0.5, 8) },
    quirks: { ...remote, reportsCost: true },
  },
  {
    id: "groq",
    baseUrl: "https://api.groq.com/openai/v1",
    keyVariable: "GROQ_API_KEY",
    keyNeeded: true,
    models: { lite: "openai/gpt-oss-20b", standard: "openai/gpt-oss-120b" },
    prices: { "openai/gpt-oss-20b": usd(0.075, 0.0375, 0.3), "openai/gpt-oss-120b": usd(0.15, 0.075, 0.6) },
    // Its JSON schemas do not stream, so a tool stands in for them.
    quirks: remote,
  },
  {
    id: "together",
    baseUrl: "https://api.together.xyz/v1",
    keyVariable: "TOGETHER_API_KEY",
    keyNeeded: true,
    models: { lite: "openai/gpt-oss-20b", standard: "meta-llama/Llama-3.3-70B-Instruct-Turbo" },
    prices: {
      "openai/gpt-oss-20b": usd(0.05, 0.05, 0.2),
      "meta-llama/Llama-3.3-70B-Instruct-Turbo": usd(0.88, 0.88, 0.88),
    },
    quirks: remote,
  },
  {
    id: "litellm",
    baseUrl: "http://127.0.0.1:4000",
    keyVariable: "LITELLM_API_KEY",
    keyNeeded: false,
    models: { lite: null, standard: null },
    // A gateway runs here, but somebody bills what is behind it.
    prices: {},
    quirks: remote,
  },
  {
    id: "ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    keyVariable: "OLLAMA_API_KEY",
    keyNeeded: false,
    models: { lite: "llama3.1", standard: "llama3.1" },
    prices: "local",
    quirks: local,
  },
  {
    id: "lmstudio",
    baseUrl: "http://127.0.0.1:1234/v1",
    keyVariable: "LMSTUDIO_API_KEY",
    keyNeeded: false,
    models: { lite: null, standard: null },
    prices: "local",
    quirks: local,
  },
  {
    id: "vllm",
    baseUrl: "http://127.0.0.1:8000/v1",
    keyVariable: "VLLM_API_KEY",
    keyNeeded: false,
    models: { lite: null, standard: null },
    prices: "local",
    quirks: local,
  },
];

function usd(inputUsdPerM: number, cachedUsdPerM: number, outputUsdPerM: number): Prices {
  return { inputUsdPerM, cachedUsdPerM, outputUsdPerM };
}
