import type { Migration } from "../../sqlite/index.ts";

/** Which entities a night has linked to another one, so that it can be undone. */
export const aliases: Migration = {
  name: "0009-aliases",
  sql: `
    CREATE TABLE night_aliases (
      night        INTEGER NOT NULL REFERENCES nights(id) ON DELETE CASCADE,
      entity       INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      PRIMARY KEY (night, entity)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entities_by_same_as ON entities (same_as) WHERE same_as IS NOT NULL;
    -- A name whose namesake is forgotten stands for itself again.
    CREATE TRIGGER entities_forget BEFORE DELETE ON entities BEGIN
      UPDATE entities SET same_as = NULL WHERE same_as = OLD.id;
    END;
  `,
};
