import type { Migration } from "../../sqlite/index.ts";

/** Layer 4: who and what the facts speak of, and how they are related. Every edge stands on a fact and goes with it. */
export const graph: Migration = {
  name: "0003-graph",
  sql: `
    CREATE TABLE entities (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      name         TEXT    NOT NULL,
      kind         TEXT    NOT NULL CHECK (kind IN ('person', 'company', 'project', 'concept', 'tool', 'place', 'event')),
      same_as      INTEGER REFERENCES entities(id)             -- another name of that one
    ) STRICT;
    CREATE TABLE aliases (
      alias        TEXT    NOT NULL,                           -- folded: lower case, no accents
      entity       INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      PRIMARY KEY (alias, entity)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mentions (
      entity       INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      PRIMARY KEY (entity, fact)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX mentions_by_fact ON mentions (fact);
    CREATE TABLE relations (
      source       INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      kind         TEXT    NOT NULL,
      target       INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      fact         INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,
      PRIMARY KEY (source, kind, target, fact)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX relations_by_target ON relations (target);
    CREATE INDEX relations_by_fact ON relations (fact);
  `,
};
