import type { Migration } from "../../sqlite/index.ts";

/** Forgetting looks for everything that was merged into a fact, or followed it. */
export const successors: Migration = {
  name: "0005-successors",
  sql: "CREATE INDEX facts_by_successor ON facts (successor) WHERE successor IS NOT NULL;",
};
