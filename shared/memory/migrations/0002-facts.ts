import type { Migration } from "../../sqlite/index.ts";

/** Layers 2 and 3: facts with their full text and their vectors. */
export const facts: Migration = {
  name: "0002-facts",
  sql: `
    CREATE TABLE facts (
      seq          INTEGER PRIMARY KEY AUTOINCREMENT,          -- rowid of facts_text and vectors
      id           TEXT    NOT NULL UNIQUE,                    -- the one id, in every layer
      subject      TEXT    NOT NULL,                           -- the person it is about
      text         TEXT    NOT NULL,
      kind         TEXT    NOT NULL CHECK (kind IN
                     ('said', 'identity', 'preference', 'decision', 'event', 'plan', 'knowledge', 'insight')),
      origin       TEXT    NOT NULL CHECK (origin IN ('owner', 'person', 'agent', 'outside')),
      audience     TEXT    NOT NULL CHECK
                     (audience IN ('public', 'owner') OR audience GLOB 'room:?*' OR audience GLOB 'person:?*'),
      confidence   REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      thread       TEXT,
      message      TEXT,
      said_by      TEXT    NOT NULL,
      quote        TEXT,
      valid_from   INTEGER NOT NULL,
      valid_to     INTEGER,
      learned_at   INTEGER NOT NULL,
      retracted_at INTEGER,
      used_at      INTEGER NOT NULL,
      uses         INTEGER NOT NULL DEFAULT 0,
      standing     TEXT    NOT NULL CHECK (standing IN ('active', 'archived', 'quarantined', 'merged', 'retracted')),
      successor    TEXT,
      episode      INTEGER,                                    -- seq of the first thing said without a long pause since
      words        TEXT    NOT NULL,                           -- the text as memory compares it: see language/words.ts
      times        TEXT    CHECK (times IS NULL OR json_valid(times)), -- the spans of time it speaks of
      digest       TEXT    NOT NULL,                           -- of the normalised text: what an exact duplicate shares
      CHECK ((standing = 'retracted') = (retracted_at IS NOT NULL)),
      CHECK (standing <> 'merged' OR successor IS NOT NULL),
      CHECK ((thread IS NULL) = (episode IS NULL))
    ) STRICT;
    CREATE INDEX facts_by_thread ON facts (thread, seq) WHERE thread IS NOT NULL;
    CREATE INDEX facts_by_digest ON facts (subject, digest);
    CREATE INDEX facts_by_subject ON facts (subject, kind, seq);

    -- Every further source of a fact that was learned more than once.
    CREATE TABLE fact_sources (
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      thread       TEXT,
      message      TEXT,
      said_by      TEXT    NOT NULL,
      quote        TEXT,
      at           INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX fact_sources_by_fact ON fact_sources (fact);

    -- From which facts a fact was drawn: forgetting one reaches what stands on it.
    CREATE TABLE derived (
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      source       INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      PRIMARY KEY (fact, source)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX derived_by_source ON derived (source);

    CREATE VIRTUAL TABLE facts_text USING fts5 (
      stems, content = '', contentless_delete = 1,
      tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co So'"
    );

    CREATE TABLE vectors (
      fact         INTEGER PRIMARY KEY REFERENCES facts(seq) ON DELETE CASCADE,
      embedder     TEXT    NOT NULL,                           -- who made it; another one's are made again
      vector       BLOB    NOT NULL                            -- 32-bit floats, length 1
    ) STRICT;
    CREATE INDEX vectors_by_embedder ON vectors (embedder);
  `,
};
