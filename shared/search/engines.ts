/** The search engines that can be set up, each with its own question and answer. */
import { z } from "zod";

export type Hit = { title: string; url: string; text: string };

/** What of the settings decides which engine is asked. */
export type SearchSettings = { braveApiKey: string; exaApiKey: string; searxngUrl: string };

export type Engine = {
  name: string;
  /** The request for these words. */
  ask(
    words: string,
    hitsMax: number,
  ): { url: string; method?: "GET" | "POST"; headers: Readonly<Record<string, string>>; body?: string };
  /** The hits of a body; undefined when it is not the engine's format. */
  read(body: unknown): Hit[] | undefined;
  /** What to do about an answer with this status; undefined where there is nothing particular to say. */
  advice(status: number): string | undefined;
};

/** The variables of which one must be set, in the order in which they are preferred. */
export const SEARCH_VARIABLES = "BRAVE_API_KEY, EXA_API_KEY or SEARXNG_URL";

/** The first that is set up; undefined when none is. */
export function engineOf({ braveApiKey, exaApiKey, searxngUrl }: SearchSettings): Engine | undefined {
  if (braveApiKey !== "") return brave(braveApiKey);
  if (exaApiKey !== "") return exa(exaApiKey);
  return searxngUrl === "" ? undefined : searxng(searxngUrl);
}

const JSON_ONLY = { accept: "application/json" };
const text = z
  .string()
  .nullish()
  .catch("")
  .transform((value) => value ?? "");
const url = z.string();

/** https://api-dashboard.search.brave.com/app/documentation/web-search */
function brave(key: string): Engine {
  const answer = z.object({
    web: z.object({ results: z.array(z.object({ title: text, url, description: text })) }).nullish(),
  });
  return {
    name: "Brave Search",
    ask: (words, hitsMax) => ({
      url: `https://api.search.brave.com/res/v1/web/search?${new URLSearchParams({ q: words, count: String(hitsMax), text_decorations: "false" })}`,
      headers: { ...JSON_ONLY, "x-subscription-token": key },
    }),
    read: (body) =>
      answer
        .safeParse(body)
        .data?.web?.results.map(({ title, url, description }) => ({ title, url, text: description })) ??
      (answer.safeParse(body).success ? [] : undefined),
    advice: (status) => (status === 401 || status === 403 || status === 422 ? "check BRAVE_API_KEY" : tooMany(status)),
  };
}

/** https://docs.exa.ai/reference/search */
function exa(key: string): Engine {
  const answer = z.object({
    results: z.array(z.object({ title: text, url, text, highlights: z.array(z.string()).nullish() })),
  });
  return {
    name: "Exa",
    ask: (words, hitsMax) => ({
      url: "https://api.exa.ai/search",
      method: "POST",
      headers: { ...JSON_ONLY, "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query: words, numResults: hitsMax, contents: { highlights: true } }),
    }),
    read: (body) =>
      answer.safeParse(body).data?.results.map(({ title, url, text, highlights }) => ({
        title,
        url,
        text: highlights?.join(" … ") || text,
      })),
    advice: (status) => (status === 401 || status === 403 ? "check EXA_API_KEY" : tooMany(status)),
  };
}

/** https://docs.searxng.org/dev/search_api.html */
function searxng(address: string): Engine {
  const answer = z.object({ results: z.array(z.object({ title: text, url, content: text })) });
  return {
    name: "SearXNG",
    ask: (words) => ({
      url: `${address.replace(/\/+$/, "")}/search?${new URLSearchParams({ q: words, format: "json" })}`,
      headers: JSON_ONLY,
    }),
    read: (body) =>
      answer.safeParse(body).data?.results.map(({ title, url, content }) => ({ title, url, text: content })),
    advice: (status) =>
      status === 403 ? "the instance must allow `json` under `search: formats:` in its settings.yml" : tooMany(status),
  };
}

function tooMany(status: number): string | undefined {
  return status === 429 ? "too many questions for now; try again later" : undefined;
}
