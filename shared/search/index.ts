export { type Hit, SEARCH_VARIABLES, type SearchSettings } from "./engines.ts";
export { type Found, type SearchFetch, search } from "./search.ts";
