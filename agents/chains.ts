/** The models that an agent asks, in which order, and what one answer of them may cost at most. */
import { type AgentConfig, ConfigProblem, type Env, type RawEnv } from "../shared/config/index.ts";
import type { ModelRequest } from "../shared/engine/index.ts";
import { type ProviderSettings, resolveChain, type Tier } from "../shared/llm/index.ts";

/** The providers of a tier; none, where the offline model answers. Throws ConfigProblem with the variable. */
export function chain(tier: Tier, env: Env, raw: RawEnv, { models }: AgentConfig) {
  const variable = tier === "lite" ? "KAOS_LITE_CHAIN" : "KAOS_STANDARD_CHAIN";
  const resolved = resolveChain(tier, env[variable], raw, models[tier]);
  if ("chain" in resolved) return resolved.chain;
  throw new ConfigProblem(`${variable}: ${resolved.problem}`);
}

/** What a completion may cost at most, whichever provider of the chain answers: no text has more tokens than characters. */
export function worstUsd(chain: readonly ProviderSettings[], { entries, tools, tokensMax }: ModelRequest): number {
  const told = JSON.stringify([entries, tools.map(({ name, description }) => [name, description])]).length;
  const schemas = tools.length * SCHEMA_CHARACTERS;
  const worst = ({ prices }: ProviderSettings) =>
    ((told + schemas) * prices.inputUsdPerM + tokensMax * prices.outputUsdPerM) / 1_000_000;
  return Math.max(0, ...chain.map(worst));
}

/** The schema of a tool's input, generously. */
const SCHEMA_CHARACTERS = 2_000;
