/** What the processes were told at their start, for people's eyes: every value with its source, and no secret. */
import {
  describeVariables,
  loadMcpConfig,
  type McpServerConfig,
  type RawEnv,
  type ReportLine,
  reportOf,
  secretsIn,
  type Told,
} from "../../shared/config/index.ts";
import {
  type PriceSource,
  type Prices,
  resolveChain,
  type Tier,
  variablesOfProviders,
} from "../../shared/llm/index.ts";
import { createRedactor, type GateState, gateSettings, gateStates } from "../../shared/security/index.ts";

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
  variables: readonly ReportLine[];
  gates: readonly GateState[];
  chains: readonly Chain[];
  /** The MCP servers that a file names now, and their texts without what came from the environment. Throws a ConfigProblem. */
  mcpServers(file: string): { servers: readonly McpServerConfig[]; shown(text: string): string };
};

const OFFLINE = "offline";

/** Everything is worked out once: the environment of a process does not change while it runs. */
export function configurationOf({ env, raw, settings }: Told): Configuration {
  const more = variablesOfProviders(raw);
  const secrets = secretsIn(raw, [...describeVariables().map(({ name }) => name), ...more]);
  const redact = createRedactor({ secrets });
  return {
    variables: reportOf({ raw, settings }, { more, redact: (text) => String(redact(text)) }),
    gates: gateStates(gateSettings(settings)),
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
