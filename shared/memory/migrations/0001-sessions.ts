import type { Migration } from "../../sqlite/index.ts";

/** Layer 1: conversations, word for word. */
export const sessions: Migration = {
  name: "0001-sessions",
  sql: `
    CREATE TABLE session_entries (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      thread       TEXT    NOT NULL,                           -- one conversation: a terminal, a private chat
      by           TEXT    NOT NULL CHECK (by IN ('person', 'agent')),
      text         TEXT    NOT NULL,
      model        TEXT,                                       -- which one wrote it; null for the person's words
      at           INTEGER NOT NULL,
      CHECK ((by = 'person') = (model IS NULL))
    ) STRICT;
    CREATE INDEX session_entries_by_thread ON session_entries (thread, id);
  `,
};
