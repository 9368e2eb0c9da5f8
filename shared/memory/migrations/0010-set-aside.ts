import type { Migration } from "../../sqlite/index.ts";

/** Facts that are not active are the few: counted by an index of their own, without reading all others. */
export const setAside: Migration = {
  name: "0010-set-aside",
  sql: "CREATE INDEX facts_set_aside ON facts (standing) WHERE standing <> 'active';",
};
