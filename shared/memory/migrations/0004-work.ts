import type { Migration } from "../../sqlite/index.ts";

/** What waits to be extracted, what was forgotten, what a night changed, and what is supposed of a person. */
export const work: Migration = {
  name: "0004-work",
  sql: `
    -- A fact that was said word for word, and the entry of layer 1 that says it too.
    CREATE TABLE said (
      fact         INTEGER PRIMARY KEY REFERENCES facts(seq) ON DELETE CASCADE,
      entry        INTEGER NOT NULL REFERENCES session_entries(id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX said_by_entry ON said (entry);

    CREATE TABLE extractions (
      fact         INTEGER PRIMARY KEY REFERENCES facts(seq) ON DELETE CASCADE,
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
      attempts     INTEGER NOT NULL DEFAULT 0,
      due_at       INTEGER NOT NULL,
      because      TEXT    NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX extractions_due ON extractions (due_at) WHERE state = 'waiting';

    -- That something was forgotten, and nothing of what.
    CREATE TABLE tombstones (
      id           TEXT    PRIMARY KEY,
      at           INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE nights (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      at           INTEGER NOT NULL,
      undone_at    INTEGER,
      report       TEXT    NOT NULL CHECK (json_valid(report))
    ) STRICT;
    CREATE TABLE night_changes (
      night        INTEGER NOT NULL REFERENCES nights(id) ON DELETE CASCADE,
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      step         TEXT    NOT NULL,
      standing     TEXT    NOT NULL,                           -- as it was before
      valid_to     INTEGER,
      successor    TEXT,
      PRIMARY KEY (night, fact, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hypotheses (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      person       TEXT    NOT NULL,
      text         TEXT    NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('open', 'confirmed', 'dropped')),
      by           TEXT    NOT NULL,                           -- 'review', or the person who wrote or edited it
      changed_at   INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX hypotheses_by_person ON hypotheses (person, state);
    CREATE TABLE evidence (
      hypothesis   INTEGER NOT NULL REFERENCES hypotheses(id) ON DELETE CASCADE,
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      speaks       TEXT    NOT NULL CHECK (speaks IN ('for', 'against')),
      PRIMARY KEY (hypothesis, fact)
    ) STRICT, WITHOUT ROWID;
  `,
};
