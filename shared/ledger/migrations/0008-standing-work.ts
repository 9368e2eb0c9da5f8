import type { Migration } from "../../sqlite/index.ts";

/** Work that no message of a person began: jobs that need a mind, steps of plans, turns that go on; and what the person spends. */
export const standingWork: Migration = {
  name: "0008-standing-work",
  sql: `
    CREATE TABLE tasks (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      key          TEXT    NOT NULL UNIQUE,                    -- the same work is given once, however often its giver is restarted
      kind         TEXT    NOT NULL CHECK (kind IN ('hand-off', 'returned', 'escalation', 'position', 'review', 'question',
                                                    'decided', 'job', 'step', 'forget', 'resume')),
      agent        TEXT    NOT NULL,                           -- who is to do it, up or not
      giver        TEXT    NOT NULL,                           -- the agent that gave it, or 'swarm', or the person
      message      INTEGER REFERENCES messages(seq),           -- the person's message that it goes back to; null: there is none
      room         TEXT,                                       -- without a message: where an answer goes; null: nowhere, it is the result
      sources      TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(sources)),  -- whose text the task stands on
      depth        INTEGER NOT NULL CHECK (depth >= 1),        -- how often the work has changed hands
      task         TEXT    NOT NULL CHECK (task <> ''),
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'working', 'delivering', 'done', 'rejected', 'dead')),
      fence        INTEGER NOT NULL DEFAULT 0,                 -- from the same counter as the claims' fences
      lease_until  INTEGER NOT NULL DEFAULT 0,
      attempts     INTEGER NOT NULL DEFAULT 0,
      due_at       INTEGER NOT NULL,
      deadline_at  INTEGER NOT NULL,
      waits_for    INTEGER REFERENCES approvals(id),           -- a person's word, without which it does not go on
      result       TEXT,                                       -- a position, a verdict, what a colleague knows, what a job found
      because      TEXT    NOT NULL DEFAULT '',
      given_at     INTEGER NOT NULL,
      changed_at   INTEGER NOT NULL,
      CHECK ((state IN ('working')) = (lease_until > 0)),
      CHECK (waits_for IS NULL OR state = 'waiting'),
      CHECK (message IS NULL OR room IS NULL),
      -- What answers a person has a person's message to answer.
      CHECK (message IS NOT NULL OR kind NOT IN ('hand-off', 'returned', 'escalation'))
    ) STRICT;
    -- A number that was given once is not given again: turns are kept under it.
    INSERT INTO sqlite_sequence (name, seq) SELECT 'tasks', seq FROM sqlite_sequence WHERE name = 'assignments';
    INSERT INTO tasks
      (id, key, kind, agent, giver, message, depth, task, state, fence, lease_until, attempts, due_at, deadline_at, result, because, given_at, changed_at)
      SELECT id, key, kind, agent, giver, message, depth, task, state, fence, lease_until, attempts, due_at, deadline_at, result, because, given_at, changed_at
      FROM assignments;

    -- The outbox refers to assignments, so it is made anew before they can be taken away.
    CREATE TABLE parcels (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      claim        INTEGER REFERENCES claims(id),
      assignment   INTEGER REFERENCES tasks(id),
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
    INSERT INTO parcels SELECT * FROM outbox;
    DROP TABLE outbox;
    DROP TABLE assignments;
    ALTER TABLE tasks RENAME TO assignments;
    ALTER TABLE parcels RENAME TO outbox;
    CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');
    CREATE INDEX open_assignments ON assignments (agent, due_at) WHERE state IN ('waiting', 'working', 'delivering');
    CREATE INDEX assignments_by_message ON assignments (message, id);
    CREATE INDEX standing_assignments ON assignments (changed_at) WHERE message IS NULL;

    -- What a person is told can be asked about: why, and what shows that it is so.
    ALTER TABLE deliveries ADD COLUMN evidence TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(evidence));

    -- What the person spends, one row a receipt.
    CREATE TABLE purchases (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      receipt      TEXT    NOT NULL UNIQUE,                    -- where it was read: the same receipt is booked once
      merchant     TEXT    NOT NULL CHECK (merchant <> ''),
      minor        INTEGER NOT NULL CHECK (minor > 0),         -- in the smallest unit of its currency
      currency     TEXT    NOT NULL CHECK (length(currency) = 3),
      category     TEXT    NOT NULL,
      spent_on     TEXT    NOT NULL CHECK (spent_on LIKE '____-__-__'),
      confidence   REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      state        TEXT    NOT NULL CHECK (state IN ('booked', 'pending', 'refused')),
      because      TEXT    NOT NULL CHECK (because <> ''),     -- what it was read from, or why a person is asked
      by           TEXT    NOT NULL,                           -- who read it: 'parser', a model, or the person who decided
      asked_at     INTEGER,                                    -- a pending one is asked about once
      copied_at    INTEGER,                                    -- when it was written to Notion
      made_at      INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX purchases_by_day ON purchases (spent_on);
  `,
};
