import type { Migration } from "../../sqlite/index.ts";

/** Presence, messages, judgements, claims, delivery, outcomes, pauses, jobs, spend, the feed, and the control room's sessions. */
export const ground: Migration = {
  name: "0001-ground",
  sql: `
    -- The roster. What agents know of each other, they know from here.
    CREATE TABLE agents (
      name         TEXT    PRIMARY KEY,
      role         TEXT    NOT NULL,
      card         TEXT    NOT NULL CHECK (json_valid(card)),  -- aliases, subjects, keywords, account: see AgentCard
      epoch        INTEGER NOT NULL,                           -- which process of this agent: rises with each start
      pid          INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('up', 'down')),
      first_at     INTEGER NOT NULL,                           -- when this agent first arrived, ever
      up_at        INTEGER NOT NULL,
      beat_at      INTEGER NOT NULL,
      cursor       INTEGER NOT NULL DEFAULT 0                  -- every message up to this one is dealt with
    ) STRICT;

    CREATE TABLE supervisor (
      id           INTEGER PRIMARY KEY CHECK (id = 1),
      pid          INTEGER NOT NULL,
      url          TEXT    NOT NULL,                           -- of the control room
      up_at        INTEGER NOT NULL,
      beat_at      INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE messages (
      seq          INTEGER PRIMARY KEY AUTOINCREMENT,
      room         TEXT    NOT NULL,                           -- transport:room, one form for all accounts
      message_id   TEXT    NOT NULL,                           -- the transport's own id
      topic        TEXT,                                       -- an attribute, not identity
      sender_kind  TEXT    NOT NULL CHECK (sender_kind IN ('owner', 'allowed', 'stranger', 'agent')),
      sender_id    TEXT    NOT NULL,
      sender_name  TEXT    NOT NULL,
      text         TEXT    NOT NULL,
      reply_to     TEXT,                                       -- message_id in the same room
      root         INTEGER REFERENCES messages(seq),           -- null: it is a root itself
      hops         INTEGER NOT NULL CHECK (hops >= 0),
      said_at      INTEGER NOT NULL,
      recorded_at  INTEGER NOT NULL,
      edited_at    INTEGER,
      deleted_at   INTEGER,
      CHECK ((root IS NULL) = (hops = 0)),
      UNIQUE (room, message_id)
    ) STRICT;
    CREATE INDEX messages_by_root ON messages (root, seq);
    CREATE INDEX messages_by_room ON messages (room, seq);

    CREATE TABLE judgements (
      message      INTEGER NOT NULL REFERENCES messages(seq),
      scope        TEXT    NOT NULL,                           -- 'swarm', or an agent's name when each judges for itself
      state        TEXT    NOT NULL CHECK (state IN ('asking', 'made', 'failed')),
      by           TEXT    NOT NULL,
      attempts     INTEGER NOT NULL,
      lease_until  INTEGER NOT NULL,
      scores       TEXT    CHECK (scores IS NULL OR json_valid(scores)),
      cost_usd     REAL    NOT NULL DEFAULT 0,
      because      TEXT    NOT NULL DEFAULT '',
      PRIMARY KEY (message, scope),
      CHECK ((state = 'made') = (scores IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE claims (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      message      INTEGER NOT NULL REFERENCES messages(seq),  -- what the agent reacts to
      root         INTEGER NOT NULL REFERENCES messages(seq),  -- the person's message it goes back to
      agent        TEXT    NOT NULL REFERENCES agents(name),
      tier         INTEGER NOT NULL CHECK (tier IN (1, 2, 3)),
      eta          INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN
                     ('placed', 'holding', 'delivering', 'sent', 'passed', 'failed', 'expired', 'yielded', 'withdrawn')),
      slot         INTEGER CHECK (slot >= 1),
      fence        INTEGER NOT NULL DEFAULT 0,                 -- rises over the whole ledger with every holding
      lease_until  INTEGER NOT NULL DEFAULT 0,
      attempts     INTEGER NOT NULL DEFAULT 0,
      because      TEXT    NOT NULL,
      placed_at    INTEGER NOT NULL,
      changed_at   INTEGER NOT NULL,
      UNIQUE (message, agent),
      -- An implicit reply stands on a slot exactly while it is under way or sent; an addressed one never does.
      CHECK ((slot IS NOT NULL) = (tier > 1 AND state IN ('holding', 'delivering', 'sent')))
    ) STRICT;
    -- The cap, as schema: two claims can never stand on one slot of one root.
    CREATE UNIQUE INDEX one_claim_per_slot ON claims (root, slot) WHERE slot IS NOT NULL;
    -- The second volunteer thinks after the first has answered, never beside it.
    CREATE UNIQUE INDEX one_volunteer_at_a_time ON claims (root) WHERE tier > 1 AND state = 'holding';
    CREATE INDEX claims_by_root ON claims (root, id);
    CREATE INDEX open_claims ON claims (agent, state) WHERE state IN ('placed', 'holding', 'delivering', 'expired');

    CREATE TABLE fences (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
    INSERT INTO fences (id, last) VALUES (1, 0);

    -- The answer of a holder while it is being written: what the Room view streams.
    CREATE TABLE drafts (
      claim        INTEGER PRIMARY KEY REFERENCES claims(id),
      fence        INTEGER NOT NULL,
      text         TEXT    NOT NULL,
      changed_at   INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE outbox (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      claim        INTEGER NOT NULL REFERENCES claims(id),
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
      CHECK ((state = 'sent') = (sent_id IS NOT NULL))
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');

    -- I1: one terminal outcome for every (message, agent).
    CREATE TABLE outcomes (
      message      INTEGER NOT NULL REFERENCES messages(seq),
      agent        TEXT    NOT NULL REFERENCES agents(name),
      outcome      TEXT    NOT NULL CHECK (outcome IN ('replied', 'declined', 'lost', 'passed', 'blocked', 'failed', 'missed')),
      because      TEXT    NOT NULL CHECK (because <> ''),
      at           INTEGER NOT NULL,
      PRIMARY KEY (message, agent)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX outcomes_by_time ON outcomes (at);

    CREATE TABLE controls (
      scope        TEXT    NOT NULL CHECK (scope IN ('swarm', 'agent', 'job', 'tool')),
      name         TEXT    NOT NULL,                           -- '' for the swarm
      by           TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      until        INTEGER,                                    -- null: until somebody resumes
      PRIMARY KEY (scope, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE occurrences (
      job          TEXT    NOT NULL,
      due_at       INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('running', 'ran', 'skipped', 'missed', 'failed')),
      because      TEXT    NOT NULL DEFAULT '',
      started_at   INTEGER NOT NULL,
      ended_at     INTEGER,
      PRIMARY KEY (job, due_at)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE spend (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      agent        TEXT    NOT NULL,
      purpose      TEXT    NOT NULL,                           -- judge, answer, …
      message      INTEGER REFERENCES messages(seq),
      by           TEXT    NOT NULL,
      input_tokens INTEGER NOT NULL,
      cached_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_usd     REAL    NOT NULL CHECK (cost_usd >= 0)
    ) STRICT;
    CREATE INDEX spend_by_time ON spend (at);
    CREATE INDEX spend_by_message ON spend (message);

    -- Append-only feed: what the control room streams, and from what a decision can be replayed.
    CREATE TABLE events (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      kind         TEXT    NOT NULL,
      message      INTEGER,
      agent        TEXT,
      detail       TEXT    NOT NULL CHECK (json_valid(detail))
    ) STRICT;
    CREATE INDEX events_by_message ON events (message, id);

    -- Who may look: one-time links and browser sessions, by the hash of their secret.
    CREATE TABLE logins (
      hash         TEXT    PRIMARY KEY,
      kind         TEXT    NOT NULL CHECK (kind IN ('link', 'session')),
      csrf         TEXT    NOT NULL DEFAULT '',
      made_at      INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      used_at      INTEGER
    ) STRICT, WITHOUT ROWID;
  `,
};
