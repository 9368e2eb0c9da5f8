/** What the processes were told at their start, for people's eyes: every value with its source, and no secret. */
import {
  describeVariables,
  type Env,
  isSet,
  loadMcpConfig,
  type McpServerConfig,
  type RawEnv,
} from "../../shared/config/index.ts";
import { type PriceSource, type Prices, providers, resolveChain, type Tier } from "../../shared/llm/index.ts";
import { createRedactor, type GateState, gateStates, gates } from "../../shared/security/index.ts";

/** One variable: what is in force, and who said so. */
export type Setting = {
  name: string;
  meaning: string;
  /** Of a secret only whether it is there: "set" or "not set". */
  value: string;
  fallback: string;
  source: "environment" | "default";
};

/** One provider of a chain, without its key. */
export type ChainLink = {
  provider: string;
  model: string;
  /** Empty for the offline model. */
  host: string;
  /** What a person sets when the key is refused; "" where none is needed. */
  keyVariable: string;
  keySet: boolean;
  prices: Prices;
  priceSource: PriceSource;
};

/** The chain of one tier, or why it cannot be used. */
export type Chain = { tier: Tier; variable: string } & ({ links: readonly ChainLink[] } | { problem: string });

export type Configuration = {
  variables: readonly Setting[];
  gates: readonly GateState[];
  chains: readonly Chain[];
  /** The MCP servers that a file names now, and their texts without what came from the environment. Throws a ConfigProblem. */
  mcpServers(file: string): { servers: readonly McpServerConfig[]; shown(text: string): string };
};

/** Names whose values nobody else may read. A new variable is better hidden than shown. */
const SECRET_NAME = /KEY|TOKEN|SECRET|HASH|PASSW|PROXY|CREDENTIAL|SESSION/;
/** An address with a user or a password in it. */
const WITH_LOGIN = /:\/\/[^\s/]*@/;
const OFFLINE = "offline";

/** Everything is worked out once: the environment of a process does not change while it runs. */
export function configurationOf({ env, raw }: { env: Env; raw: RawEnv }): Configuration {
  const known = describeVariables();
  const ofProviders = Object.keys(raw)
    .filter((name) => /^PROVIDER_[A-Z0-9_]+$/.test(name) || providers.some(({ keyVariable }) => keyVariable === name))
    .filter((name) => isSet(raw[name]) && !known.some((variable) => variable.name === name))
    .toSorted()
    .map((name) => ({ name, fallback: "", meaning: "Of a provider: its key, address, model or price." }));
  const secrets = [...known, ...ofProviders].flatMap(({ name }) => {
    const value = raw[name];
    return isSet(value) && isSecret(name, value) ? [value.trim()] : [];
  });
  const redact = createRedactor({ secrets });
  const set = gates.filter(({ variable }) => isSet(raw[variable]));
  return {
    variables: [...known, ...ofProviders].map(({ name, fallback, meaning }) => {
      const value = raw[name];
      const given = isSet(value);
      const shown = isSecret(name, value ?? "")
        ? given
          ? "set"
          : "not set"
        : String(redact(given ? value.trim() : fallback));
      return { name, meaning, fallback, value: shown, source: given ? "environment" : "default" };
    }),
    gates: gateStates(
      set.map(({ name, variable }) => ({ gate: name, value: env[variable], source: "the environment" })),
    ),
    chains: [
      chainOf("standard", "KAOS_STANDARD_CHAIN", env.KAOS_STANDARD_CHAIN, raw),
      chainOf("lite", "KAOS_LITE_CHAIN", env.KAOS_LITE_CHAIN, raw),
    ],
    mcpServers(file) {
      const { servers, secrets: values } = loadMcpConfig(file, raw);
      const longestFirst = values.toSorted((one, other) => other.length - one.length);
      const shown = (text: string) => longestFirst.reduce((rest, value) => rest.replaceAll(value, "[set]"), text);
      return { servers, shown };
    },
  };
}

function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) || WITH_LOGIN.test(value);
}

/** No names mean the offline model. */
function chainOf(tier: Tier, variable: string, ids: readonly string[], raw: RawEnv): Chain {
  const resolved = resolveChain(tier, ids.length === 0 ? [OFFLINE] : ids, raw);
  if ("problem" in resolved) return { tier, variable, problem: resolved.problem };
  return {
    tier,
    variable,
    links: resolved.chain.map(({ id, model, baseUrl, apiKey, keyVariable, prices, priceSource }) => ({
      provider: id,
      model,
      host: id === OFFLINE ? "" : new URL(baseUrl).host,
      keyVariable,
      keySet: apiKey !== null,
      prices,
      priceSource,
    })),
  };
}
