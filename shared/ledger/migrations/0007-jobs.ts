import type { Migration } from "../../sqlite/index.ts";

/** Occurrences that wait, are retried and are leased; what is known of each job between its runs; what jobs have to say to a person. */
export const jobs: Migration = {
  name: "0007-jobs",
  sql: `
    CREATE TABLE due_instants (
      job          TEXT    NOT NULL,
      due_at       INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'ran', 'skipped', 'missed', 'failed', 'blocked')),
      because      TEXT    NOT NULL DEFAULT '',
      asked        TEXT    NOT NULL DEFAULT '' CHECK (asked IN ('', 'run', 'dry')),  -- by a person, outside the timetable
      lane         TEXT    NOT NULL,                           -- what must not run beside it; most often the job itself
      start_at     INTEGER NOT NULL,                           -- not before this: jitter, or the next try
      attempts     INTEGER NOT NULL DEFAULT 0,
      owner        TEXT    NOT NULL DEFAULT '',                -- which life of which supervisor runs it
      lease_until  INTEGER NOT NULL DEFAULT 0,
      started_at   INTEGER NOT NULL,
      ended_at     INTEGER,
      PRIMARY KEY (job, due_at),
      -- I7: what has ended has an end and a reason, and only that.
      CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL))
    ) STRICT, WITHOUT ROWID;
    INSERT INTO due_instants (job, due_at, state, because, lane, start_at, attempts, started_at, ended_at)
      SELECT job, due_at, CASE state WHEN 'running' THEN 'failed' ELSE state END, because, job, due_at, 1, started_at,
        coalesce(ended_at, started_at)
      FROM occurrences;
    DROP TABLE occurrences;
    ALTER TABLE due_instants RENAME TO occurrences;
    -- One lane, one run, whoever begins it.
    CREATE UNIQUE INDEX one_run_per_lane ON occurrences (lane) WHERE state = 'running';
    CREATE INDEX waiting_occurrences ON occurrences (start_at) WHERE state = 'waiting';

    -- What is known of a job between its runs.
    CREATE TABLE jobs (
      name         TEXT    PRIMARY KEY,
      planned_to   INTEGER,                                    -- every due instant up to here has its occurrence
      failures     INTEGER NOT NULL DEFAULT 0,                 -- in a row
      alerted      INTEGER NOT NULL DEFAULT 0 CHECK (alerted IN (0, 1)),
      rest_until   INTEGER NOT NULL DEFAULT 0,                 -- after failures it is left alone until then
      quiet_until  INTEGER NOT NULL DEFAULT 0,                 -- snoozed until then, in milliseconds; muted: the end of time
      added        TEXT    CHECK (added IS NULL OR json_valid(added))  -- what a person added; null: it comes with KAOS
    ) STRICT, WITHOUT ROWID;

    -- What a job remembers from run to run: what it has seen, what it last said.
    CREATE TABLE job_notes (
      job          TEXT    NOT NULL,
      key          TEXT    NOT NULL,
      value        TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      PRIMARY KEY (job, key)
    ) STRICT, WITHOUT ROWID;

    -- What jobs have to say, and what was decided about it.
    CREATE TABLE deliveries (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      job          TEXT    NOT NULL,
      key          TEXT    NOT NULL UNIQUE,                    -- the same finding is said once
      severity     TEXT    NOT NULL CHECK (severity IN ('info', 'notable', 'urgent')),
      agent        TEXT    NOT NULL,                           -- in whose voice
      room         TEXT    NOT NULL,
      text         TEXT    NOT NULL CHECK (text <> ''),
      state        TEXT    NOT NULL CHECK (state IN ('held', 'queued', 'dropped')),
      because      TEXT    NOT NULL CHECK (because <> ''),
      told_with    INTEGER REFERENCES deliveries(id),          -- the digest that it went out in
      made_at      INTEGER NOT NULL,
      told_at      INTEGER,
      CHECK ((state = 'queued') = (told_at IS NOT NULL))
    ) STRICT;
    CREATE INDEX held_deliveries ON deliveries (room, made_at) WHERE state = 'held';
    CREATE INDEX told_deliveries ON deliveries (told_at) WHERE state = 'queued';

    -- A parcel belongs to a claim, to an assignment or to what a job has to say.
    CREATE TABLE parcels (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      claim        INTEGER REFERENCES claims(id),
      assignment   INTEGER REFERENCES assignments(id),
      delivery     INTEGER REFERENCES deliveries(id),
      agent        TEXT    NOT NULL,
      room         TEXT    NOT NULL,
      topic        TEXT,
      reply_to     TEXT,
      part         INTEGER NOT NULL CHECK (part >= 1),
      text         TEXT    NOT NULL,
      random_id    TEXT    NOT NULL UNIQUE,                    -- the same for every try: the transport sends it once
      state        TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
      attempts     INTEGER NOT NULL DEFAULT 0,
      due_at       INTEGER NOT NULL,
      queued_at    INTEGER NOT NULL,
      sent_id      TEXT,
      sent_at      INTEGER,
      error        TEXT,
      by           TEXT    NOT NULL,                           -- which model wrote it
      UNIQUE (claim, part),
      UNIQUE (assignment, part),
      UNIQUE (delivery, part),
      CHECK ((claim IS NOT NULL) + (assignment IS NOT NULL) + (delivery IS NOT NULL) = 1),
      CHECK ((state = 'sent') = (sent_id IS NOT NULL))
    ) STRICT;
    INSERT INTO parcels
      (id, claim, assignment, agent, room, topic, reply_to, part, text, random_id, state, attempts, due_at, queued_at, sent_id, sent_at, error, by)
      SELECT id, claim, assignment, agent, room, topic, reply_to, part, text, random_id, state, attempts, due_at, queued_at, sent_id, sent_at, error, by
      FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE parcels RENAME TO outbox;
    CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');
  `,
};
