/** Searches the web with the engine that is set up. */
import { z } from "zod";
import { cut, oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { FetchPage } from "./door.ts";
import { engineOf, type Hit, SEARCH_VARIABLES, type SearchSettings } from "./engines.ts";

const HITS_MAX = 20;
const ANSWER_BYTES_MAX = 2_000_000;
const ANSWER_DEADLINE_MS = 20_000;
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
      const engine = engineOf(settings);
      if (engine === undefined)
        return { text: `Not searched: no search engine is set up. Whoever runs this can set ${SEARCH_VARIABLES}.` };
      const { url, ...question } = engine.ask(words, hits);
      const limits = { bytesMax: ANSWER_BYTES_MAX, deadlineMs: ANSWER_DEADLINE_MS };
      const answer = await fetch(url, { ...question, ...limits, signal });
      if (!answer.fetched) return { text: `Not searched: ${answer.because}.` };
      if (answer.status !== 200) {
        const advice = engine.advice(answer.status);
        return {
          text: `Not searched: ${engine.name} answered ${answer.status}${advice === undefined ? "" : `; ${advice}`}.`,
        };
      }
      const found = engine.read(parse(answer.body));
      if (found === undefined) return { text: `Not searched: ${engine.name} gave an answer that is not understood.` };
      if (found.length === 0) return { text: "Nothing was found." };
      return { text: found.slice(0, hits).map(tell).join("\n\n") };
    },
  });
}

function tell({ title, url, text }: Hit, index: number): string {
  const lines = [`${index + 1}. ${cut(oneLine(title), 300)}`, cut(url, 2_000), cut(oneLine(text), HIT_CHARACTERS_MAX)];
  return lines.filter((line) => line !== "").join("\n   ");
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
