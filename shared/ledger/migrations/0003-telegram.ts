import type { Migration } from "../../sqlite/index.ts";

/** What a chat service told us: how long to wait, and what people think of an answer. */
export const telegram: Migration = {
  name: "0003-telegram",
  sql: `
    -- How long an account may not do something, because the service said so. Obeyed over restarts.
    CREATE TABLE flood_waits (
      account      TEXT    NOT NULL,                           -- transport:account id
      what         TEXT    NOT NULL,                           -- 'send', or 'send room' when the wait is of one room
      until        INTEGER NOT NULL,
      because      TEXT    NOT NULL,
      waits        INTEGER NOT NULL CHECK (waits >= 1),        -- so often in a row; an hour of quiet begins anew
      noted_at     INTEGER NOT NULL,
      PRIMARY KEY (account, what)
    ) STRICT, WITHOUT ROWID;

    -- Feedback: what people's reactions to a message are now.
    CREATE TABLE reactions (
      message      INTEGER NOT NULL REFERENCES messages(seq),
      person       TEXT    NOT NULL,                           -- the numeric id of the account
      person_name  TEXT    NOT NULL,
      emoji        TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      PRIMARY KEY (message, person, emoji)
    ) STRICT, WITHOUT ROWID;
  `,
};
