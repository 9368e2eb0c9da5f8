/** Searches the web with the engine that is set up. */
import { z } from "zod";
import { cut, oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Hit, type SearchSettings, search } from "../../search/index.ts";
import type { FetchPage } from "./door.ts";

const HITS_MAX = 20;
const HIT_CHARACTERS_MAX = 500;

/** `fetch` must be able to reach the engine, which may stand in the operator's own network. */
export function searchWeb(fetch: FetchPage, settings: SearchSettings): Tool {
  return defineTool({
    name: "search-web",
    description: "Search the web: titles, addresses and a few lines each. fetch-page reads what looks right.",
    input: z.strictObject({
      words: z.string().trim().min(1).max(400).describe("what to look for, as in a search box"),
      hits: z.number().int().min(1).max(HITS_MAX).default(8),
    }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: true,
    run: async ({ words, hits }, { signal }) => {
      const answer = await search({ fetch, settings }, { words, hitsMax: hits }, signal);
      if (!answer.found) return { text: `Not searched: ${answer.because}.` };
      if (answer.hits.length === 0) return { text: "Nothing was found." };
      return { text: answer.hits.map(tell).join("\n\n") };
    },
  });
}

function tell({ title, url, text }: Hit, index: number): string {
  const lines = [`${index + 1}. ${cut(oneLine(title), 300)}`, cut(url, 2_000), cut(oneLine(text), HIT_CHARACTERS_MAX)];
  return lines.filter((line) => line !== "").join("\n   ");
}
