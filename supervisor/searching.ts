/** Searching the web for jobs: the engine that is set up, and what to set where there is none. */
import { type Found, SEARCH_VARIABLES, type SearchFetch, type SearchSettings, search } from "../shared/search/index.ts";
import type { Need } from "./jobs/job.ts";

export type Searching = {
  /** Why it cannot search, as a need of a job. */
  need: Need;
  search(words: string, hitsMax: number, signal: AbortSignal): Promise<Found>;
};

/** `fetch` must be able to reach the engine, which may stand in the operator's own network. */
export function createSearching(fetch: SearchFetch, settings: SearchSettings): Searching {
  const set = Object.values(settings).some((value) => value !== "");
  return {
    need: { what: "search", missing: () => (set ? undefined : SEARCH_VARIABLES) },
    search: (words, hitsMax, signal) => search({ fetch, settings }, { words, hitsMax }, signal),
  };
}
