import type { Migration } from "../../sqlite/index.ts";

/** Turns whose answer is being handed over: written down before, kept or dropped after, whoever dies in between. */
export const unsettled: Migration = {
  name: "0007-unsettled",
  sql: `
    CREATE TABLE unsettled_turns (
      key          TEXT    PRIMARY KEY,                        -- what handed the answer over: "claim 12"
      fence        INTEGER NOT NULL,                           -- the lease under which it did
      turn         TEXT    NOT NULL CHECK (json_valid(turn)),  -- RememberedTurn
      at           INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
