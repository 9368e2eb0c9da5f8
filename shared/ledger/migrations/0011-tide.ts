import type { Migration } from "../../sqlite/index.ts";

/** Tells other processes which commits are worth waking up for. */
export const tide: Migration = {
  name: "0011-tide",
  sql: `
    -- One row: rises with each write but the quiet ones (a beat, a lease renewed).
    CREATE TABLE tide (
      id           INTEGER PRIMARY KEY CHECK (id = 1),
      level        INTEGER NOT NULL
    ) STRICT;
    INSERT INTO tide VALUES (1, 0);
  `,
};
