/** The tables of what an agent has learnt about its skills. */
import type { Migration } from "../../sqlite/index.ts";

export const migrations: readonly Migration[] = [
  {
    name: "0001-learning",
    sql: `
      CREATE TABLE proposals (
        id TEXT PRIMARY KEY,
        skill TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('create', 'improve')),
        -- The bytes that the change was made for; empty for a new skill.
        base_hash TEXT NOT NULL,
        text TEXT NOT NULL CHECK (text <> ''),
        diff TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason <> ''),
        -- A lesson from a failure is not for ever: the failure may be mended.
        expires_at INTEGER,
        state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired')),
        because TEXT NOT NULL DEFAULT '',
        decided_by TEXT NOT NULL DEFAULT '',
        created_at INTEGER NOT NULL,
        decided_at INTEGER
      ) STRICT;
      -- One open proposal a skill: a person weighs one change at a time.
      CREATE UNIQUE INDEX proposals_open ON proposals (skill) WHERE state = 'open';
      CREATE TABLE evidence (
        proposal TEXT NOT NULL REFERENCES proposals (id),
        turn TEXT NOT NULL,
        shows TEXT NOT NULL CHECK (shows <> ''),
        PRIMARY KEY (proposal, turn)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE replays (
        proposal TEXT NOT NULL REFERENCES proposals (id),
        side TEXT NOT NULL CHECK (side IN ('before', 'after')),
        scenario TEXT NOT NULL,
        passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
        misses TEXT NOT NULL,
        PRIMARY KEY (proposal, side, scenario)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE outcomes (
        skill TEXT NOT NULL,
        hash TEXT NOT NULL,
        turn TEXT NOT NULL,
        what TEXT NOT NULL CHECK (what IN ('offered', 'loaded', 'followed', 'corrected')),
        at INTEGER NOT NULL,
        PRIMARY KEY (skill, turn, what)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "0002-replayed-by",
    sql: "ALTER TABLE proposals ADD COLUMN replayed_by TEXT NOT NULL DEFAULT ''",
  },
  {
    name: "0003-persona",
    sql: `
      -- Of a persona, \`skill\` is the file's word (duties, voice, identity), and \`before\` the text to go back to.
      ALTER TABLE proposals ADD COLUMN about TEXT NOT NULL DEFAULT 'skill' CHECK (about IN ('skill', 'persona'));
      ALTER TABLE proposals ADD COLUMN before TEXT NOT NULL DEFAULT '';
      ALTER TABLE proposals ADD COLUMN undone_at INTEGER;
    `,
  },
  {
    name: "0004-tallies",
    sql: `
      -- Outcomes of turns that nobody looks back at any more, as numbers.
      CREATE TABLE tallies (
        skill TEXT NOT NULL,
        hash TEXT NOT NULL,
        what TEXT NOT NULL CHECK (what IN ('offered', 'loaded', 'followed', 'corrected')),
        count INTEGER NOT NULL CHECK (count > 0),
        since INTEGER NOT NULL,
        PRIMARY KEY (skill, hash, what)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX outcomes_at ON outcomes (at);
    `,
  },
];
