import type { Migration } from "../../sqlite/index.ts";

/** What could not be told says so, who left the swarm is known to have left, and what is old is found without reading the rest. */
export const toldOrNot: Migration = {
  name: "0015-told-or-not",
  sql: `
    -- Why it could not be delivered; null while it may be, or was.
    ALTER TABLE deliveries ADD COLUMN failure TEXT CHECK (failure IS NULL OR state = 'queued');
    CREATE INDEX failed_deliveries ON deliveries (made_at) WHERE failure IS NOT NULL;
    CREATE INDEX deliveries_by_digest ON deliveries (told_with) WHERE told_with IS NOT NULL;

    -- 0: its persona was taken away. It keeps its row, because what it said refers to it.
    ALTER TABLE agents ADD COLUMN member INTEGER NOT NULL DEFAULT 1 CHECK (member IN (0, 1));

    -- What no message asked for: jobs and chores, and what is so old that its message is deleted.
    CREATE INDEX spend_by_purpose ON spend (at, purpose, cost_usd) WHERE message IS NULL;
    CREATE INDEX decided_approvals ON approvals (decided_at) WHERE state <> 'pending';
    CREATE INDEX parked_assignments ON assignments (waits_for) WHERE waits_for IS NOT NULL;
  `,
};
