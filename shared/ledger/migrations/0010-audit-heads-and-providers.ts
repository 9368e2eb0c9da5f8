import type { Migration } from "../../sqlite/index.ts";

/** What is written down of the agents' own files and of the models they ask, where all can look. */
export const auditHeadsAndProviders: Migration = {
  name: "0010-audit-heads-and-providers",
  sql: `
    -- How far the audit log of an agent went at a moment: a log that does not hold this line any more was cut or rewritten.
    CREATE TABLE audit_heads (
      agent        TEXT    NOT NULL,
      seq          INTEGER NOT NULL CHECK (seq > 0),           -- the number of the line
      hash         TEXT    NOT NULL CHECK (length(hash) = 64),
      occasion     TEXT    NOT NULL CHECK (occasion IN ('start', 'hour', 'rotation', 'close')),
      at           INTEGER NOT NULL,
      PRIMARY KEY (agent, seq)
    ) STRICT, WITHOUT ROWID;

    -- Each provider of each chain, as the agent that asks it knows it.
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
  `,
};
