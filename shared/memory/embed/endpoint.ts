/** Vectors from any endpoint that speaks OpenAI's `/embeddings`. */
import { z } from "zod";
import { messageOf, OperationalError } from "../../base/index.ts";
import { type Embedder, normalised } from "./embedder.ts";

/** The endpoint did not answer, or not with vectors of the length it was set up for. */
export class EmbedderUnusable extends OperationalError {
  override readonly name = "EmbedderUnusable";
}

export type EndpointSettings = {
  /** Up to and including the version: https://host/v1 */
  baseUrl: string;
  /** Empty for an endpoint that asks for none. */
  apiKey: string;
  model: string;
  dimensions: number;
};

/** Characters of one text: about the 8,000 tokens that common models take. */
const CHARACTERS_MAX = 24_000;
/** A batch of texts; recall has a shorter deadline of its own. */
const CALL_MS = 30_000;

const answerShape = z.object({
  data: z.array(z.object({ index: z.number().int().optional(), embedding: z.array(z.number()) })),
});

/** `fetch` is how the endpoint is reached. Rejects with EmbedderUnusable; a vector of another length is never kept. */
export function createEndpointEmbedder(
  { baseUrl, apiKey, model, dimensions }: EndpointSettings,
  { fetch }: { fetch: typeof globalThis.fetch },
): Embedder {
  const url = `${baseUrl.replace(/\/+$/u, "")}/embeddings`;
  const ask = async (input: string[], signal: AbortSignal): Promise<unknown> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(apiKey !== "" && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ model, input, encoding_format: "float" }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
      });
      if (!response.ok) throw new EmbedderUnusable(`${url} answered ${response.status}. Check its key and its model.`);
      return await response.json();
    } catch (cause) {
      if (signal.aborted || cause instanceof EmbedderUnusable) throw cause;
      throw new EmbedderUnusable(`The embedder at ${url} did not answer: ${messageOf(cause)}.`, { cause });
    }
  };
  return {
    name: `${model} @ ${new URL(url).host} (${dimensions})`,
    dimensions,
    knowsMeaning: true,
    async embed(texts, { signal }) {
      if (texts.length === 0) return [];
      // Endpoints refuse an empty text; a space is the nearest to nothing that they take.
      const read = answerShape.safeParse(
        await ask(
          texts.map((text) => text.slice(0, CHARACTERS_MAX) || " "),
          signal,
        ),
      );
      if (!read.success || read.data.data.length !== texts.length)
        throw new EmbedderUnusable(`${url} did not answer with one vector for each text.`);
      const inOrder = read.data.data.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
      return inOrder.map(({ embedding }) => {
        if (embedding.length !== dimensions)
          throw new EmbedderUnusable(
            `${model} makes vectors of ${embedding.length} dimensions, and ${dimensions} are expected. Set EMBEDDINGS_DIMENSIONS=${embedding.length}, then run \`kaos memory reindex\`.`,
          );
        return normalised(Float32Array.from(embedding));
      });
    },
  };
}
