import type { Migration } from "../../sqlite/index.ts";

/** What a person has seen and does not want to be told again; and gaps of jobs that are found without reading every occurrence. */
export const acknowledgements: Migration = {
  name: "0013-acknowledgements",
  sql: `
    CREATE TABLE acknowledgements (
      anomaly      TEXT    PRIMARY KEY,                        -- which rule, about whom, on which day
      by           TEXT    NOT NULL,
      at           INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX gaps_of_jobs ON occurrences (due_at) WHERE state IN ('missed', 'failed', 'blocked');
  `,
};
