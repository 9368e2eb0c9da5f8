import type { Migration } from "../../sqlite/index.ts";

/** What homes of the first days lack beside those that began later. */
export const caughtUp: Migration = {
  name: "0012-caught-up",
  sql: `
    -- Runs that were under way when step 0007 made their table anew ended there, and nobody had said why.
    UPDATE occurrences SET because = 'it was under way when KAOS was upgraded' WHERE state = 'failed' AND because = '';
    -- The very first ledgers were made before step 0001 had these.
    CREATE INDEX IF NOT EXISTS claims_by_root ON claims (root, id);
    CREATE INDEX IF NOT EXISTS outcomes_by_time ON outcomes (at);
  `,
};
