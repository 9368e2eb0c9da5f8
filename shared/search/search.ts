/** Asks the search engine that is set up, and reads its answer. */
import { engineOf, type Hit, SEARCH_VARIABLES, type SearchSettings } from "./engines.ts";

const ANSWER_BYTES_MAX = 2_000_000;
const ANSWER_DEADLINE_MS = 20_000;

/** How a request leaves: the egress client, or what stands for it. */
export type SearchFetch = (
  url: string,
  outgoing: {
    method?: "GET" | "POST";
    headers?: Readonly<Record<string, string>>;
    body?: string;
    signal: AbortSignal;
    bytesMax?: number;
    deadlineMs?: number;
  },
) => Promise<{ fetched: true; status: number; body: Buffer } | { fetched: false; because: string }>;

export type Found = { found: true; hits: Hit[] } | { found: false; because: string };

/** At most `hitsMax` hits, best first; what keeps it from searching is a sentence. Rejects when the signal says stop. */
export async function search(
  { fetch, settings }: { fetch: SearchFetch; settings: SearchSettings },
  { words, hitsMax }: { words: string; hitsMax: number },
  signal: AbortSignal,
): Promise<Found> {
  const engine = engineOf(settings);
  if (engine === undefined)
    return {
      found: false,
      because: `no search engine is set up. Whoever runs this can set ${SEARCH_VARIABLES}`,
    };
  const { url, ...question } = engine.ask(words, hitsMax);
  const limits = { bytesMax: ANSWER_BYTES_MAX, deadlineMs: ANSWER_DEADLINE_MS };
  const answer = await fetch(url, { ...question, ...limits, signal });
  if (!answer.fetched) return { found: false, because: answer.because };
  if (answer.status !== 200) {
    const advice = engine.advice(answer.status);
    return {
      found: false,
      because: `${engine.name} answered ${answer.status}${advice === undefined ? "" : `; ${advice}`}`,
    };
  }
  const hits = engine.read(parse(answer.body));
  if (hits === undefined) return { found: false, because: `${engine.name} gave an answer that is not understood` };
  return { found: true, hits: hits.slice(0, hitsMax) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
