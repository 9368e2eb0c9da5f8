import type { Migration } from "../../sqlite/index.ts";

/** Calls that wait for a person, and what a person allows for longer than one call. */
export const approvals: Migration = {
  name: "0006-approvals",
  sql: `
    CREATE TABLE approvals (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      turn         TEXT    NOT NULL,
      call         TEXT    NOT NULL,
      agent        TEXT    NOT NULL,
      tool         TEXT    NOT NULL,
      arguments    TEXT    NOT NULL,                           -- what will run, exactly
      message      INTEGER REFERENCES messages(seq),           -- whose answer needs it; null outside a room
      because      TEXT    NOT NULL,
      sources      TEXT    NOT NULL CHECK (json_valid(sources)),
      state        TEXT    NOT NULL CHECK (state IN ('pending', 'granted', 'denied', 'expired')),
      by           TEXT    NOT NULL DEFAULT '',
      said         TEXT    NOT NULL DEFAULT '',
      asked_at     INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      decided_at   INTEGER,
      UNIQUE (agent, turn, call),
      CHECK ((state = 'pending') = (decided_at IS NULL)),
      CHECK (state NOT IN ('granted', 'denied') OR by <> '')
    ) STRICT;
    CREATE INDEX pending_approvals ON approvals (expires_at) WHERE state = 'pending';

    CREATE TABLE grants (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      agent        TEXT    NOT NULL,
      tool         TEXT    NOT NULL,
      match        TEXT    NOT NULL CHECK (json_valid(match) AND match <> '{}'),  -- never everything
      by           TEXT    NOT NULL,
      made_at      INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL CHECK (expires_at > made_at),
      revoked_at   INTEGER
    ) STRICT;
    CREATE INDEX grants_in_force ON grants (agent, tool) WHERE revoked_at IS NULL;
  `,
};
