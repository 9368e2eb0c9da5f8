import type { Migration } from "../../sqlite/index.ts";

/** Money that calls under way may cost at worst: it counts as spent until it is known what they did cost. */
export const reservations: Migration = {
  name: "0005-reservations",
  sql: `
    CREATE TABLE reservations (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      agent        TEXT    NOT NULL,
      purpose      TEXT    NOT NULL,                           -- judge, answer, …
      room         TEXT    NOT NULL DEFAULT '',                -- whose session pays; empty outside a room
      state        TEXT    NOT NULL CHECK (state IN ('open', 'settled')),
      usd          REAL    NOT NULL CHECK (usd >= 0)           -- the worst case while open, the real cost once settled
    ) STRICT;
    CREATE INDEX reservations_by_time ON reservations (at);
  `,
};
