import type { Migration } from "../../sqlite/index.ts";

/** Assignments, watches over owned subjects, claims that stand back for an owner, and parcels of assignments. */
export const workingTogether: Migration = {
  name: "0002-working-together",
  sql: `
    -- Work that the ledger holds for one agent: whoever gave it, and whatever kind it is.
    CREATE TABLE assignments (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      key          TEXT    NOT NULL UNIQUE,                    -- the same work is given once, however often its giver is restarted
      kind         TEXT    NOT NULL CHECK (kind IN ('hand-off', 'returned', 'escalation', 'position', 'review', 'question', 'decided')),
      agent        TEXT    NOT NULL,                           -- who is to do it, up or not
      giver        TEXT    NOT NULL,                           -- the agent that gave it, or 'swarm'
      message      INTEGER NOT NULL REFERENCES messages(seq),  -- the person's message that it goes back to
      depth        INTEGER NOT NULL CHECK (depth >= 1),        -- how often the work has changed hands
      task         TEXT    NOT NULL CHECK (task <> ''),
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'working', 'delivering', 'done', 'rejected', 'dead')),
      fence        INTEGER NOT NULL DEFAULT 0,                 -- from the same counter as the claims' fences
      lease_until  INTEGER NOT NULL DEFAULT 0,
      attempts     INTEGER NOT NULL DEFAULT 0,
      due_at       INTEGER NOT NULL,
      deadline_at  INTEGER NOT NULL,
      result       TEXT,                                       -- a position, a verdict, what a colleague knows
      because      TEXT    NOT NULL DEFAULT '',
      given_at     INTEGER NOT NULL,
      changed_at   INTEGER NOT NULL,
      CHECK ((state IN ('working')) = (lease_until > 0))
    ) STRICT;
    CREATE INDEX open_assignments ON assignments (agent, due_at) WHERE state IN ('waiting', 'working', 'delivering');
    CREATE INDEX assignments_by_message ON assignments (message, id);

    -- A subject is owned: its owner answers within its time, or the message goes to whoever covers it.
    CREATE TABLE watches (
      message      INTEGER PRIMARY KEY REFERENCES messages(seq),
      subject      TEXT    NOT NULL,
      owner        TEXT    NOT NULL,
      deadline_at  INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'answered', 'escalated', 'dropped')),
      because      TEXT    NOT NULL DEFAULT '',
      changed_at   INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX waiting_watches ON watches (deadline_at) WHERE state = 'waiting';

    -- A volunteer stands back while this agent, who owns the subject, may yet answer.
    ALTER TABLE claims ADD COLUMN defers_to TEXT;

    -- A parcel belongs to a claim or to an assignment.
    CREATE TABLE parcels (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      claim        INTEGER REFERENCES claims(id),
      assignment   INTEGER REFERENCES assignments(id),
      agent        TEXT    NOT NULL REFERENCES agents(name),
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
      CHECK ((claim IS NULL) <> (assignment IS NULL)),
      CHECK ((state = 'sent') = (sent_id IS NOT NULL))
    ) STRICT;
    INSERT INTO parcels
      (id, claim, agent, room, topic, reply_to, part, text, random_id, state, attempts, due_at, queued_at, sent_id, sent_at, error, by)
      SELECT id, claim, agent, room, topic, reply_to, part, text, random_id, state, attempts, due_at, queued_at, sent_id, sent_at, error, by
      FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE parcels RENAME TO outbox;
    CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');
    CREATE INDEX reactions_by_agent ON claims (agent, placed_at) WHERE tier = 3;
  `,
};
