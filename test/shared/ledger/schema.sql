CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT;

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
    , member INTEGER NOT NULL DEFAULT 1 CHECK (member IN (0, 1))) STRICT;

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
      changed_at   INTEGER NOT NULL, defers_to TEXT,
      UNIQUE (message, agent),
      -- An implicit reply stands on a slot exactly while it is under way or sent; an addressed one never does.
      CHECK ((slot IS NOT NULL) = (tier > 1 AND state IN ('holding', 'delivering', 'sent')))
    ) STRICT;

CREATE UNIQUE INDEX one_claim_per_slot ON claims (root, slot) WHERE slot IS NOT NULL;

CREATE UNIQUE INDEX one_volunteer_at_a_time ON claims (root) WHERE tier > 1 AND state = 'holding';

CREATE INDEX claims_by_root ON claims (root, id);

CREATE INDEX open_claims ON claims (agent, state) WHERE state IN ('placed', 'holding', 'delivering', 'expired');

CREATE TABLE fences (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;

CREATE TABLE drafts (
      claim        INTEGER PRIMARY KEY REFERENCES claims(id),
      fence        INTEGER NOT NULL,
      text         TEXT    NOT NULL,
      changed_at   INTEGER NOT NULL
    ) STRICT;

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

CREATE INDEX spend_by_message ON spend (message);

CREATE TABLE events (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      kind         TEXT    NOT NULL,
      message      INTEGER,
      agent        TEXT,
      detail       TEXT    NOT NULL CHECK (json_valid(detail))
    ) STRICT;

CREATE INDEX events_by_message ON events (message, id);

CREATE TABLE logins (
      hash         TEXT    PRIMARY KEY,
      kind         TEXT    NOT NULL CHECK (kind IN ('link', 'session')),
      csrf         TEXT    NOT NULL DEFAULT '',
      made_at      INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      used_at      INTEGER
    ) STRICT, WITHOUT ROWID;

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

CREATE INDEX reactions_by_agent ON claims (agent, placed_at) WHERE tier = 3;

CREATE TABLE flood_waits (
      account      TEXT    NOT NULL,                           -- transport:account id
      what         TEXT    NOT NULL,                           -- 'send', or 'send room' when the wait is of one room
      until        INTEGER NOT NULL,
      because      TEXT    NOT NULL,
      waits        INTEGER NOT NULL CHECK (waits >= 1),        -- so often in a row; an hour of quiet begins anew
      noted_at     INTEGER NOT NULL,
      PRIMARY KEY (account, what)
    ) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
      message      INTEGER NOT NULL REFERENCES messages(seq),
      person       TEXT    NOT NULL,                           -- the numeric id of the account
      person_name  TEXT    NOT NULL,
      emoji        TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      PRIMARY KEY (message, person, emoji)
    ) STRICT, WITHOUT ROWID;

CREATE TABLE shared_facts (
      seq          INTEGER PRIMARY KEY AUTOINCREMENT,          -- rowid of shared_facts_text
      id           TEXT    NOT NULL UNIQUE,                    -- the same as in the memory of the agent that learned it
      agent        TEXT    NOT NULL,                           -- who learned it first
      subject      TEXT    NOT NULL,
      text         TEXT    NOT NULL CHECK (text <> ''),
      digest       TEXT    NOT NULL,                           -- the stems: two agents that hear the same keep it once
      kind         TEXT    NOT NULL,
      -- Only what a person said is shared: never an agent's words, a page or a tool's result.
      origin       TEXT    NOT NULL CHECK (origin IN ('owner', 'person')),
      audience     TEXT    NOT NULL,
      confidence   REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      said_by      TEXT    NOT NULL,
      quote        TEXT,
      message      TEXT,
      valid_from   INTEGER NOT NULL,
      valid_to     INTEGER,
      learned_at   INTEGER NOT NULL,
      UNIQUE (subject, audience, digest)
    ) STRICT;

CREATE VIRTUAL TABLE shared_facts_text USING fts5 (
      stems, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co So'"
    );

CREATE TABLE 'shared_facts_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'shared_facts_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'shared_facts_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'shared_facts_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE shared_fact_ids (
      id           TEXT    PRIMARY KEY,
      fact         INTEGER NOT NULL REFERENCES shared_facts(seq) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

CREATE INDEX shared_fact_ids_by_fact ON shared_fact_ids (fact);

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

CREATE TABLE "occurrences" (
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

CREATE UNIQUE INDEX one_run_per_lane ON occurrences (lane) WHERE state = 'running';

CREATE INDEX waiting_occurrences ON occurrences (start_at) WHERE state = 'waiting';

CREATE TABLE jobs (
      name         TEXT    PRIMARY KEY,
      planned_to   INTEGER,                                    -- every due instant up to here has its occurrence
      failures     INTEGER NOT NULL DEFAULT 0,                 -- in a row
      alerted      INTEGER NOT NULL DEFAULT 0 CHECK (alerted IN (0, 1)),
      rest_until   INTEGER NOT NULL DEFAULT 0,                 -- after failures it is left alone until then
      quiet_until  INTEGER NOT NULL DEFAULT 0,                 -- snoozed until then, in milliseconds; muted: the end of time
      added        TEXT    CHECK (added IS NULL OR json_valid(added))  -- what a person added; null: it comes with KAOS
    ) STRICT, WITHOUT ROWID;

CREATE TABLE job_notes (
      job          TEXT    NOT NULL,
      key          TEXT    NOT NULL,
      value        TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      PRIMARY KEY (job, key)
    ) STRICT, WITHOUT ROWID;

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
      told_at      INTEGER, evidence TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(evidence)), failure TEXT CHECK (failure IS NULL OR state = 'queued'),
      CHECK ((state = 'queued') = (told_at IS NOT NULL))
    ) STRICT;

CREATE INDEX held_deliveries ON deliveries (room, made_at) WHERE state = 'held';

CREATE INDEX told_deliveries ON deliveries (told_at) WHERE state = 'queued';

CREATE TABLE "assignments" (
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

CREATE TABLE "outbox" (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      claim        INTEGER REFERENCES claims(id),
      assignment   INTEGER REFERENCES "assignments"(id),
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

CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');

CREATE INDEX open_assignments ON assignments (agent, due_at) WHERE state IN ('waiting', 'working', 'delivering');

CREATE INDEX assignments_by_message ON assignments (message, id);

CREATE INDEX standing_assignments ON assignments (changed_at) WHERE message IS NULL;

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

CREATE TABLE audit_heads (
      agent        TEXT    NOT NULL,
      seq          INTEGER NOT NULL CHECK (seq > 0),           -- the number of the line
      hash         TEXT    NOT NULL CHECK (length(hash) = 64),
      occasion     TEXT    NOT NULL CHECK (occasion IN ('start', 'hour', 'rotation', 'close')),
      at           INTEGER NOT NULL,
      PRIMARY KEY (agent, seq)
    ) STRICT, WITHOUT ROWID;

CREATE TABLE providers (
      agent        TEXT    NOT NULL,
      tier         TEXT    NOT NULL CHECK (tier IN ('lite', 'standard')),
      place        INTEGER NOT NULL CHECK (place >= 1),        -- in the chain
      provider     TEXT    NOT NULL,
      model        TEXT    NOT NULL,
      failures     INTEGER NOT NULL DEFAULT 0,                 -- in a row
      rest_until   INTEGER NOT NULL DEFAULT 0,                 -- it is left alone until then
      answered_at  INTEGER,                                    -- null: it has not answered this process yet
      latency_ms   INTEGER,                                    -- of its last answer
      failed_at    INTEGER,
      failure      TEXT,                                       -- the class of its last failure
      because      TEXT,
      told_at      INTEGER NOT NULL,
      PRIMARY KEY (agent, tier, place),
      CHECK ((answered_at IS NULL) = (latency_ms IS NULL)),
      CHECK ((failed_at IS NULL) = (failure IS NULL))
    ) STRICT, WITHOUT ROWID;

CREATE TABLE tide (
      id           INTEGER PRIMARY KEY CHECK (id = 1),
      level        INTEGER NOT NULL
    ) STRICT;

CREATE TABLE acknowledgements (
      anomaly      TEXT    PRIMARY KEY,                        -- which rule, about whom, on which day
      by           TEXT    NOT NULL,
      at           INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

CREATE INDEX gaps_of_jobs ON occurrences (due_at) WHERE state IN ('missed', 'failed', 'blocked');

CREATE INDEX spend_by_time ON spend (at, agent, cost_usd);

CREATE INDEX outcomes_worth_counting ON outcomes (at, outcome) WHERE outcome <> 'declined';

CREATE INDEX events_of_trouble ON events (at) WHERE kind IN ('agent arrived', 'claim expired', 'delivery given up');

CREATE INDEX failed_deliveries ON deliveries (made_at) WHERE failure IS NOT NULL;

CREATE INDEX deliveries_by_digest ON deliveries (told_with) WHERE told_with IS NOT NULL;

CREATE INDEX spend_by_purpose ON spend (at, purpose, cost_usd) WHERE message IS NULL;

CREATE INDEX decided_approvals ON approvals (decided_at) WHERE state <> 'pending';

CREATE INDEX parked_assignments ON assignments (waits_for) WHERE waits_for IS NOT NULL;
