import type { Migration } from "../../sqlite/index.ts";

/** Layer 1: summaries that stand in for the beginning of a conversation that has grown too long for a prompt. */
export const compactions: Migration = {
  name: "0006-compactions",
  sql: `
    CREATE TABLE compactions (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      thread       TEXT    NOT NULL,
      first_entry  INTEGER NOT NULL,                           -- the things said that it stands for; they stay where they are
      last_entry   INTEGER NOT NULL,
      entries      INTEGER NOT NULL CHECK (entries > 0),
      summary      TEXT    NOT NULL CHECK (summary <> ''),
      receipt      TEXT    NOT NULL CHECK (json_valid(receipt)), -- what was looked for in it, and what had to be added
      model        TEXT,                                       -- which one wrote it; null when rules did
      because      TEXT    NOT NULL,                           -- why it was made, and why no model wrote it
      at           INTEGER NOT NULL,
      undone_at    INTEGER,
      CHECK (first_entry <= last_entry)
    ) STRICT;
    CREATE INDEX compactions_by_thread ON compactions (thread, id);
    CREATE UNIQUE INDEX compactions_once ON compactions (thread, last_entry) WHERE undone_at IS NULL;

    -- A summary does not outlive what it was made of: what is forgotten is found in none.
    CREATE TRIGGER compactions_forget AFTER DELETE ON session_entries BEGIN
      DELETE FROM compactions WHERE thread = OLD.thread AND OLD.id BETWEEN first_entry AND last_entry;
    END;
    CREATE TRIGGER compactions_rewrite AFTER UPDATE OF text ON session_entries BEGIN
      DELETE FROM compactions WHERE thread = OLD.thread AND OLD.id BETWEEN first_entry AND last_entry;
    END;
  `,
};
