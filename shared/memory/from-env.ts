/** Which embedder and which store of vectors an agent's memory has, by the environment. */
import { join } from "node:path";
import type { Env, Home } from "../config/index.ts";
import { createEndpointEmbedder } from "./embed/endpoint.ts";
import { meteredEmbedder, type Pay } from "./embed/metered.ts";
import type { MemoryOptions } from "./memory.ts";

/** Options for `openMemory`: none while nothing is set, and then everything stays in `agent.db`. Vectors of an endpoint are paid for with `pay`. */
export function storesOf(
  env: Env,
  {
    home,
    agent,
    pay,
    fetch = globalThis.fetch,
  }: { home: Home; agent: string; pay: Pay; fetch?: typeof globalThis.fetch },
): Pick<MemoryOptions, "embedder" | "qdrant"> {
  const { EMBEDDINGS_BASE_URL: baseUrl, EMBEDDINGS_API_KEY: apiKey, EMBEDDINGS_MODEL: model } = env;
  const dimensions = env.EMBEDDINGS_DIMENSIONS;
  const embedder = () =>
    meteredEmbedder(
      createEndpointEmbedder({ baseUrl, apiKey, model, dimensions }, { fetch }),
      env.EMBEDDINGS_USD_PER_M,
      pay,
    );
  return {
    ...(baseUrl !== "" && { embedder: embedder() }),
    ...(env.QDRANT_URL !== "" && {
      qdrant: {
        url: env.QDRANT_URL,
        apiKey: env.QDRANT_API_KEY,
        agent,
        folder: join(home.agent(agent).folder, "mem0"),
      },
    }),
  };
}
