import type { Migration } from "../../sqlite/index.ts";

/** Memory layer 5: what all agents know of a person. */
export const sharedFacts: Migration = {
  name: "0004-shared-facts",
  sql: `
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
    -- The ids that agents gave it: forgetting any of them removes it for all.
    CREATE TABLE shared_fact_ids (
      id           TEXT    PRIMARY KEY,
      fact         INTEGER NOT NULL REFERENCES shared_facts(seq) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX shared_fact_ids_by_fact ON shared_fact_ids (fact);
  `,
};
