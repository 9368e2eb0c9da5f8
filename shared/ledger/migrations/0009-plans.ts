import type { Migration } from "../../sqlite/index.ts";

/** Work that takes days: goals, their steps with what each waits for, and everything that happened to them. */
export const plans: Migration = {
  name: "0009-plans",
  sql: `
    CREATE TABLE plans (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      key          TEXT    NOT NULL UNIQUE,                    -- the same call of a turn writes one plan, however often it is tried
      agent        TEXT    NOT NULL,                           -- who does its steps, and in whose voice it speaks
      goal         TEXT    NOT NULL CHECK (goal <> ''),
      room         TEXT    NOT NULL,                           -- where it asks and tells; empty: where jobs speak
      by           TEXT    NOT NULL,                           -- who wrote it
      sources      TEXT    NOT NULL CHECK (json_valid(sources)),  -- whose text was in the turn that wrote it
      state        TEXT    NOT NULL CHECK (state IN ('active', 'stuck', 'done', 'cancelled', 'expired')),
      because      TEXT    NOT NULL DEFAULT '',
      rounds       INTEGER NOT NULL DEFAULT 0,                 -- how often it got stuck; each is told once
      told         INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1)),  -- 0: somebody is to be told how it stands
      created_at   INTEGER NOT NULL,
      changed_at   INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      ended_at     INTEGER,
      CHECK ((state IN ('active', 'stuck')) = (ended_at IS NULL))
    ) STRICT;
    CREATE INDEX open_plans ON plans (agent) WHERE ended_at IS NULL;
    CREATE INDEX untold_plans ON plans (id) WHERE told = 0;

    CREATE TABLE plan_steps (
      plan         INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
      step         TEXT    NOT NULL,
      place        INTEGER NOT NULL,                           -- in which order it was written
      title        TEXT    NOT NULL CHECK (title <> ''),
      task         TEXT    NOT NULL,                           -- for the agent; empty: waiting is all of it
      needs        TEXT    NOT NULL CHECK (json_valid(needs)), -- steps that must have succeeded before
      wait         TEXT    CHECK (wait IS NULL OR json_valid(wait)),
      state        TEXT    NOT NULL CHECK (state IN ('pending', 'waiting', 'working', 'done', 'failed', 'skipped')),
      tries        INTEGER NOT NULL DEFAULT 0,                 -- how often it was begun; part of its assignment's key
      since        INTEGER NOT NULL DEFAULT 0,                 -- when its wait began
      after        INTEGER NOT NULL DEFAULT 0,                 -- the newest message of the ledger at that time
      due_at       INTEGER,                                    -- when its time comes, or when to look again
      checks       INTEGER NOT NULL DEFAULT 0,
      misses       INTEGER NOT NULL DEFAULT 0,                 -- looks in a row that could not be taken
      owner        TEXT    NOT NULL DEFAULT '',                -- which life of which supervisor is looking
      lease_until  INTEGER NOT NULL DEFAULT 0,
      asked        INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1)),
      observed     TEXT    NOT NULL DEFAULT '',                -- what ended its wait
      result       TEXT    NOT NULL DEFAULT '',
      because      TEXT    NOT NULL DEFAULT '',
      changed_at   INTEGER NOT NULL,
      PRIMARY KEY (plan, step),
      CHECK (task <> '' OR wait IS NOT NULL)
    ) STRICT, WITHOUT ROWID;

    -- What happened, for whoever looks at a plan afterwards.
    CREATE TABLE plan_events (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      plan         INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
      step         TEXT    NOT NULL DEFAULT '',
      what         TEXT    NOT NULL,
      because      TEXT    NOT NULL DEFAULT '',
      by           TEXT    NOT NULL DEFAULT '',
      at           INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX plan_events_by_plan ON plan_events (plan, id);
  `,
};
