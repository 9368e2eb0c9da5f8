import type { Migration } from "../../sqlite/index.ts";

/** What the control room counts on each page is read from indices alone, and what is rare is found without reading what is common. */
export const seenAtAGlance: Migration = {
  name: "0014-seen-at-a-glance",
  sql: `
    DROP INDEX spend_by_time;
    CREATE INDEX spend_by_time ON spend (at, agent, cost_usd);
    -- Most outcomes are of those who declined: nobody counts them.
    CREATE INDEX outcomes_worth_counting ON outcomes (at, outcome) WHERE outcome <> 'declined';
    CREATE INDEX events_of_trouble ON events (at) WHERE kind IN ('agent arrived', 'claim expired', 'delivery given up');
  `,
};
