import type { Migration } from "../../sqlite/index.ts";

/** What was drawn is known to be kept before other stores are told; a night's report names facts and says none; whom the weekly look has seen, and for whom. */
export const moreWork: Migration = {
  name: "0011-more-work",
  sql: `
    -- Its facts stand in this file, and the other layers are still to be told.
    ALTER TABLE extractions ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));

    -- The audiences of all that a model was shown when it proposed this; null for what a person wrote.
    ALTER TABLE hypotheses ADD COLUMN shown TEXT CHECK (shown IS NULL OR json_valid(shown));

    -- The newest fact of a person that the weekly look has seen.
    CREATE TABLE looked_over (
      person       TEXT    PRIMARY KEY,
      fact         INTEGER NOT NULL                            -- its seq; the fact itself may be forgotten since
    ) STRICT, WITHOUT ROWID;
    INSERT INTO looked_over (person, fact)
      SELECT person, max(seq) FROM hypotheses JOIN facts ON subject = person
      WHERE learned_at <= (SELECT max(changed_at) FROM hypotheses AS one WHERE one.person = hypotheses.person) GROUP BY person;

    -- Reports held what insights say and the names of aliases: what is forgotten must not stand there.
    UPDATE nights SET report = CASE json_type(report) WHEN 'array' THEN (
      SELECT json_group_array(json_object(
        'step', told.value ->> 'step',
        'changes', json(CASE told.value ->> 'step' WHEN 'link aliases' THEN '[]' ELSE (
          SELECT json_group_array(json_object('id', change.value ->> 'id')) FROM json_each(told.value, '$.changes') AS change
        ) END),
        'rolledBack', json(CASE WHEN told.value ->> 'rolledBack' THEN 'true' ELSE 'false' END)
      )) FROM json_each(report) AS told
    ) ELSE '[]' END;
  `,
};
