import type { Migration } from "../sqlite/index.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [
  {
    name: "0001-turns",
    sql: `
      CREATE TABLE turns (
        id           TEXT    PRIMARY KEY,
        about        TEXT    NOT NULL CHECK (json_valid(about)),    -- the message or thread it answers
        entries      TEXT    NOT NULL CHECK (json_valid(entries)),  -- what the model was told at the start
        sources      TEXT    NOT NULL CHECK (json_valid(sources)),  -- whose text that was
        state        TEXT    NOT NULL CHECK (state IN ('running', 'waiting', 'answered', 'passed', 'stopped', 'failed')),
        because      TEXT    NOT NULL DEFAULT '',
        lives        INTEGER NOT NULL DEFAULT 1,                    -- how often it was begun
        started_at   INTEGER NOT NULL,
        changed_at   INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX turns_by_time ON turns (started_at);

      CREATE TABLE steps (
        turn         TEXT    NOT NULL REFERENCES turns(id) ON DELETE CASCADE,
        step         INTEGER NOT NULL CHECK (step >= 1),
        steered      TEXT    NOT NULL CHECK (json_valid(steered)),
        completion   TEXT    NOT NULL CHECK (json_valid(completion)),
        at           INTEGER NOT NULL,
        PRIMARY KEY (turn, step)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE calls (
        turn         TEXT    NOT NULL REFERENCES turns(id) ON DELETE CASCADE,
        call         TEXT    NOT NULL,
        step         INTEGER NOT NULL,
        tool         TEXT    NOT NULL,
        arguments    TEXT    NOT NULL,
        effect_key   TEXT    NOT NULL,
        state        TEXT    NOT NULL CHECK (state IN ('begun', 'ended')),
        outcome      TEXT    CHECK (outcome IS NULL OR json_valid(outcome)),
        passed       INTEGER NOT NULL DEFAULT 0,
        at           INTEGER NOT NULL,
        PRIMARY KEY (turn, call),
        CHECK ((state = 'ended') = (outcome IS NOT NULL))
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "0002-leases-and-forks",
    sql: `
      ALTER TABLE turns ADD COLUMN holder TEXT NOT NULL DEFAULT '';        -- who runs it now; empty when nobody does
      ALTER TABLE turns ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE turns ADD COLUMN forked_from TEXT;                       -- the turn whose beginning it shares …
      ALTER TABLE turns ADD COLUMN forked_at INTEGER CHECK ((forked_at IS NULL) = (forked_from IS NULL)); -- … up to this step
      CREATE INDEX turns_unfinished ON turns (started_at) WHERE state IN ('running', 'waiting');
      CREATE INDEX turns_by_origin ON turns (forked_from) WHERE forked_from IS NOT NULL;
    `,
  },
];
