PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT;
INSERT INTO migrations VALUES('0001-ground',1767603600000);
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
INSERT INTO agents VALUES('kronos','role of kronos','{"aliases":["kronos"],"owns":[],"keywords":[],"username":null,"accountId":null}',1,100,'up',1767603600000,1767603600000,1767603623250,9);
INSERT INTO agents VALUES('nexus','role of nexus','{"aliases":["nexus"],"owns":[],"keywords":[],"username":null,"accountId":null}',1,101,'up',1767603600000,1767603600000,1767603623250,9);
INSERT INTO agents VALUES('lacuna','role of lacuna','{"aliases":["lacuna"],"owns":[],"keywords":[],"username":null,"accountId":null}',1,102,'up',1767603600000,1767603600000,1767603623250,9);
CREATE TABLE supervisor (
      id           INTEGER PRIMARY KEY CHECK (id = 1),
      pid          INTEGER NOT NULL,
      url          TEXT    NOT NULL,                           -- of the control room
      up_at        INTEGER NOT NULL,
      beat_at      INTEGER NOT NULL
    ) STRICT;
INSERT INTO supervisor VALUES(1,77,'http://127.0.0.1:8789',1767603600000,1767603623250);
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
INSERT INTO messages VALUES(1,'room:main','p1',NULL,'owner','owner','you','kronos, what comes first today?',NULL,NULL,0,1767603605000,1767603605000,NULL,NULL);
INSERT INTO messages VALUES(2,'room:main','r2701593007667809099',NULL,'agent','kronos','kronos','First the release notes.','p1',1,1,1767603606050,1767603606050,NULL,NULL);
INSERT INTO messages VALUES(3,'room:main','r540580021375058084',NULL,'agent','kronos','kronos','Then the call at eleven.','p1',1,1,1767603606100,1767603606100,NULL,NULL);
INSERT INTO messages VALUES(4,'room:main','p2',NULL,'owner','owner','you','Is the import slower than last week?',NULL,NULL,0,1767603611100,1767603611100,NULL,NULL);
INSERT INTO messages VALUES(5,'room:main','r1542382209238924339',NULL,'agent','nexus','nexus','By a third, since Tuesday.','p2',4,1,1767603612150,1767603612150,NULL,NULL);
INSERT INTO messages VALUES(6,'room:main','p3',NULL,'owner','owner','you','How do we name the new plan?',NULL,NULL,0,1767603617150,1767603617150,1767603624250,NULL);
INSERT INTO messages VALUES(7,'room:main','r8326206492628936436',NULL,'agent','lacuna','lacuna','Call it Steady.','p3',6,1,1767603618200,1767603618200,NULL,NULL);
INSERT INTO messages VALUES(8,'room:main','r7410923030003521598',NULL,'agent','nexus','nexus','Steady is taken by two competitors.','p3',6,1,1767603618250,1767603618250,NULL,NULL);
INSERT INTO messages VALUES(9,'room:main','p4',NULL,'owner','owner','you','@nexus, and the costs?',NULL,NULL,0,1767603623250,1767603623250,NULL,NULL);
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
INSERT INTO judgements VALUES(4,'swarm','made','nexus',1,1767603656100,'{"kronos":3,"nexus":8,"lacuna":1}',0.00010000000000000000479,'numbers');
INSERT INTO judgements VALUES(6,'swarm','made','nexus',1,1767603662150,'{"kronos":3,"nexus":8,"lacuna":9}',0.00010000000000000000479,'numbers');
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
INSERT INTO claims VALUES(1,1,1,'kronos',1,1767603606000,'sent',NULL,1,0,1,'it was addressed',1767603606000,1767603606100);
INSERT INTO claims VALUES(2,4,4,'nexus',2,1767603612100,'sent',1,2,0,1,'it scored 8 of 10',1767603612100,1767603612150);
INSERT INTO claims VALUES(3,6,6,'lacuna',2,1767603618150,'sent',1,3,0,1,'it scored 8 of 10 or more',1767603618150,1767603618200);
INSERT INTO claims VALUES(4,6,6,'nexus',2,1767603618150,'sent',2,4,0,1,'it scored 8 of 10 or more',1767603618150,1767603618250);
INSERT INTO claims VALUES(7,9,9,'nexus',1,1767603624250,'delivering',NULL,5,0,1,'it was addressed',1767603624250,1767603624250);
CREATE TABLE fences (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
INSERT INTO fences VALUES(1,5);
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
INSERT INTO outbox VALUES(1,1,'kronos','room:main',NULL,'p1',1,'First the release notes.','2701593007667809099','sent',1,1767603606000,1767603606000,'r2701593007667809099',1767603606050,NULL,'offline');
INSERT INTO outbox VALUES(2,1,'kronos','room:main',NULL,'p1',2,'Then the call at eleven.','540580021375058084','sent',1,1767603606000,1767603606000,'r540580021375058084',1767603606100,NULL,'offline');
INSERT INTO outbox VALUES(3,2,'nexus','room:main',NULL,'p2',1,'By a third, since Tuesday.','1542382209238924339','sent',1,1767603612100,1767603612100,'r1542382209238924339',1767603612150,NULL,'offline');
INSERT INTO outbox VALUES(4,3,'lacuna','room:main',NULL,'p3',1,'Call it Steady.','8326206492628936436','sent',1,1767603618150,1767603618150,'r8326206492628936436',1767603618200,NULL,'offline');
INSERT INTO outbox VALUES(5,4,'nexus','room:main',NULL,'p3',1,'Steady is taken by two competitors.','7410923030003521598','sent',1,1767603618200,1767603618200,'r7410923030003521598',1767603618250,NULL,'offline');
INSERT INTO outbox VALUES(6,7,'nexus','room:main',NULL,'p4',1,'I am adding them up.','1979221754986371811','sending',1,1767603624250,1767603624250,NULL,NULL,NULL,'offline');
CREATE TABLE outcomes (
      message      INTEGER NOT NULL REFERENCES messages(seq),
      agent        TEXT    NOT NULL REFERENCES agents(name),
      outcome      TEXT    NOT NULL CHECK (outcome IN ('replied', 'declined', 'lost', 'passed', 'blocked', 'failed', 'missed')),
      because      TEXT    NOT NULL CHECK (because <> ''),
      at           INTEGER NOT NULL,
      PRIMARY KEY (message, agent)
    ) STRICT, WITHOUT ROWID;
INSERT INTO outcomes VALUES(1,'kronos','replied','answered in 2 parts',1767603606100);
INSERT INTO outcomes VALUES(1,'lacuna','declined','it is not its subject',1767603606000);
INSERT INTO outcomes VALUES(1,'nexus','declined','it is not its subject',1767603606000);
INSERT INTO outcomes VALUES(4,'kronos','declined','it is not its subject',1767603612100);
INSERT INTO outcomes VALUES(4,'lacuna','declined','it is not its subject',1767603612100);
INSERT INTO outcomes VALUES(4,'nexus','replied','answered',1767603612150);
INSERT INTO outcomes VALUES(6,'kronos','declined','it is not its subject',1767603618150);
INSERT INTO outcomes VALUES(6,'lacuna','replied','answered',1767603618200);
INSERT INTO outcomes VALUES(6,'nexus','replied','answered',1767603618250);
INSERT INTO outcomes VALUES(9,'kronos','declined','it is not its subject',1767603624250);
INSERT INTO outcomes VALUES(9,'lacuna','declined','it is not its subject',1767603624250);
CREATE TABLE controls (
      scope        TEXT    NOT NULL CHECK (scope IN ('swarm', 'agent', 'job', 'tool')),
      name         TEXT    NOT NULL,                           -- '' for the swarm
      by           TEXT    NOT NULL,
      at           INTEGER NOT NULL,
      until        INTEGER,                                    -- null: until somebody resumes
      PRIMARY KEY (scope, name)
    ) STRICT, WITHOUT ROWID;
INSERT INTO controls VALUES('agent','lacuna','you',1767603624250,NULL);
CREATE TABLE occurrences (
      job          TEXT    NOT NULL,
      due_at       INTEGER NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('running', 'ran', 'skipped', 'missed', 'failed')),
      because      TEXT    NOT NULL DEFAULT '',
      started_at   INTEGER NOT NULL,
      ended_at     INTEGER,
      PRIMARY KEY (job, due_at)
    ) STRICT, WITHOUT ROWID;
INSERT INTO occurrences VALUES('heartbeat',1767603624250,'ran','',1767603624250,1767603624250);
INSERT INTO occurrences VALUES('swarm-retention',1767603624251,'running','',1767603624250,NULL);
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
INSERT INTO spend VALUES(1,1767603606000,'kronos','answer',1,'offline',120,0,40,0.00020000000000000000958);
INSERT INTO spend VALUES(2,1767603612100,'nexus','answer',4,'offline',120,0,40,0.00020000000000000000958);
INSERT INTO spend VALUES(3,1767603618150,'lacuna','answer',6,'offline',120,0,40,0.00020000000000000000958);
INSERT INTO spend VALUES(4,1767603618200,'nexus','answer',6,'offline',120,0,40,0.00020000000000000000958);
INSERT INTO spend VALUES(5,1767603624250,'nexus','answer',9,'offline',120,0,40,0.00020000000000000000958);
CREATE TABLE events (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      kind         TEXT    NOT NULL,
      message      INTEGER,
      agent        TEXT,
      detail       TEXT    NOT NULL CHECK (json_valid(detail))
    ) STRICT;
INSERT INTO events VALUES(1,1767603600000,'agent arrived',NULL,'kronos','{"epoch":1}');
INSERT INTO events VALUES(2,1767603600000,'agent arrived',NULL,'nexus','{"epoch":1}');
INSERT INTO events VALUES(3,1767603600000,'agent arrived',NULL,'lacuna','{"epoch":1}');
INSERT INTO events VALUES(4,1767603605000,'message recorded',1,NULL,'{"room":"room:main","sender":"you","kind":"owner"}');
INSERT INTO events VALUES(5,1767603606000,'outcome',1,'nexus','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(6,1767603606000,'outcome',1,'lacuna','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(7,1767603606000,'claim placed',1,'kronos','{"claim":1,"tier":1,"eta":1767603606000,"because":"it was addressed"}');
INSERT INTO events VALUES(8,1767603606000,'claim held',1,'kronos','{"claim":1,"tier":1,"slot":null,"fence":1}');
INSERT INTO events VALUES(9,1767603606000,'reply committed',1,'kronos','{"claim":1,"fence":1,"parts":2}');
INSERT INTO events VALUES(10,1767603606050,'message recorded',2,NULL,'{"room":"room:main","sender":"kronos","kind":"agent"}');
INSERT INTO events VALUES(11,1767603606050,'part sent',1,'kronos','{"claim":1,"part":1,"messageId":"r2701593007667809099"}');
INSERT INTO events VALUES(12,1767603606100,'message recorded',3,NULL,'{"room":"room:main","sender":"kronos","kind":"agent"}');
INSERT INTO events VALUES(13,1767603606100,'part sent',1,'kronos','{"claim":1,"part":2,"messageId":"r540580021375058084"}');
INSERT INTO events VALUES(14,1767603606100,'outcome',1,'kronos','{"outcome":"replied","because":"answered in 2 parts"}');
INSERT INTO events VALUES(15,1767603606100,'claim sent',1,'kronos','{"claim":1}');
INSERT INTO events VALUES(16,1767603611100,'message recorded',4,NULL,'{"room":"room:main","sender":"you","kind":"owner"}');
INSERT INTO events VALUES(17,1767603611100,'judging',4,'nexus','{"scope":"swarm"}');
INSERT INTO events VALUES(18,1767603611100,'judged',4,'nexus','{"scope":"swarm","scores":{"kronos":3,"nexus":8,"lacuna":1},"costUsd":0.0001,"because":"numbers"}');
INSERT INTO events VALUES(19,1767603612100,'outcome',4,'kronos','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(20,1767603612100,'outcome',4,'lacuna','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(21,1767603612100,'claim placed',4,'nexus','{"claim":2,"tier":2,"eta":1767603612100,"because":"it scored 8 of 10"}');
INSERT INTO events VALUES(22,1767603612100,'claim held',4,'nexus','{"claim":2,"tier":2,"slot":1,"fence":2}');
INSERT INTO events VALUES(23,1767603612100,'reply committed',4,'nexus','{"claim":2,"fence":2,"parts":1}');
INSERT INTO events VALUES(24,1767603612150,'message recorded',5,NULL,'{"room":"room:main","sender":"nexus","kind":"agent"}');
INSERT INTO events VALUES(25,1767603612150,'part sent',4,'nexus','{"claim":2,"part":1,"messageId":"r1542382209238924339"}');
INSERT INTO events VALUES(26,1767603612150,'outcome',4,'nexus','{"outcome":"replied","because":"answered"}');
INSERT INTO events VALUES(27,1767603612150,'claim sent',4,'nexus','{"claim":2}');
INSERT INTO events VALUES(28,1767603617150,'message recorded',6,NULL,'{"room":"room:main","sender":"you","kind":"owner"}');
INSERT INTO events VALUES(29,1767603617150,'judging',6,'nexus','{"scope":"swarm"}');
INSERT INTO events VALUES(30,1767603617150,'judged',6,'nexus','{"scope":"swarm","scores":{"kronos":3,"nexus":8,"lacuna":9},"costUsd":0.0001,"because":"numbers"}');
INSERT INTO events VALUES(31,1767603618150,'outcome',6,'kronos','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(32,1767603618150,'claim placed',6,'lacuna','{"claim":3,"tier":2,"eta":1767603618150,"because":"it scored 8 of 10 or more"}');
INSERT INTO events VALUES(33,1767603618150,'claim placed',6,'nexus','{"claim":4,"tier":2,"eta":1767603618150,"because":"it scored 8 of 10 or more"}');
INSERT INTO events VALUES(34,1767603618150,'claim held',6,'lacuna','{"claim":3,"tier":2,"slot":1,"fence":3}');
INSERT INTO events VALUES(35,1767603618150,'reply committed',6,'lacuna','{"claim":3,"fence":3,"parts":1}');
INSERT INTO events VALUES(36,1767603618200,'message recorded',7,NULL,'{"room":"room:main","sender":"lacuna","kind":"agent"}');
INSERT INTO events VALUES(37,1767603618200,'part sent',6,'lacuna','{"claim":3,"part":1,"messageId":"r8326206492628936436"}');
INSERT INTO events VALUES(38,1767603618200,'outcome',6,'lacuna','{"outcome":"replied","because":"answered"}');
INSERT INTO events VALUES(39,1767603618200,'claim sent',6,'lacuna','{"claim":3}');
INSERT INTO events VALUES(40,1767603618200,'claim held',6,'nexus','{"claim":4,"tier":2,"slot":2,"fence":4}');
INSERT INTO events VALUES(41,1767603618200,'reply committed',6,'nexus','{"claim":4,"fence":4,"parts":1}');
INSERT INTO events VALUES(42,1767603618250,'message recorded',8,NULL,'{"room":"room:main","sender":"nexus","kind":"agent"}');
INSERT INTO events VALUES(43,1767603618250,'part sent',6,'nexus','{"claim":4,"part":1,"messageId":"r7410923030003521598"}');
INSERT INTO events VALUES(44,1767603618250,'outcome',6,'nexus','{"outcome":"replied","because":"answered"}');
INSERT INTO events VALUES(45,1767603618250,'claim sent',6,'nexus','{"claim":4}');
INSERT INTO events VALUES(46,1767603623250,'message recorded',9,NULL,'{"room":"room:main","sender":"you","kind":"owner"}');
INSERT INTO events VALUES(47,1767603624250,'outcome',9,'kronos','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(48,1767603624250,'outcome',9,'lacuna','{"outcome":"declined","because":"it is not its subject"}');
INSERT INTO events VALUES(49,1767603624250,'claim placed',9,'nexus','{"claim":7,"tier":1,"eta":1767603624250,"because":"it was addressed"}');
INSERT INTO events VALUES(50,1767603624250,'claim held',9,'nexus','{"claim":7,"tier":1,"slot":null,"fence":5}');
INSERT INTO events VALUES(51,1767603624250,'reply committed',9,'nexus','{"claim":7,"fence":5,"parts":1}');
INSERT INTO events VALUES(52,1767603624250,'message edited',6,NULL,'{}');
INSERT INTO events VALUES(53,1767603624250,'job ended',NULL,NULL,'{"job":"heartbeat","dueAt":1767603624250,"state":"ran","because":""}');
INSERT INTO events VALUES(54,1767603624250,'paused',NULL,'lacuna','{"scope":"agent","name":"lacuna","by":"you","until":null}');
CREATE TABLE logins (
      hash         TEXT    PRIMARY KEY,
      kind         TEXT    NOT NULL CHECK (kind IN ('link', 'session')),
      csrf         TEXT    NOT NULL DEFAULT '',
      made_at      INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      used_at      INTEGER
    ) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',54);
INSERT INTO sqlite_sequence VALUES('messages',9);
INSERT INTO sqlite_sequence VALUES('claims',7);
INSERT INTO sqlite_sequence VALUES('spend',5);
INSERT INTO sqlite_sequence VALUES('outbox',6);
CREATE INDEX messages_by_root ON messages (root, seq);
CREATE INDEX messages_by_room ON messages (room, seq);
CREATE UNIQUE INDEX one_claim_per_slot ON claims (root, slot) WHERE slot IS NOT NULL;
CREATE UNIQUE INDEX one_volunteer_at_a_time ON claims (root) WHERE tier > 1 AND state = 'holding';
CREATE INDEX open_claims ON claims (agent, state) WHERE state IN ('placed', 'holding', 'delivering', 'expired');
CREATE INDEX outbox_waiting ON outbox (agent, due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX spend_by_time ON spend (at);
CREATE INDEX spend_by_message ON spend (message);
CREATE INDEX events_by_message ON events (message, id);
COMMIT;
