/** What all agents know of a person. The words come as stems: the ledger keeps them and knows no language. */
import type { Atomic, Database } from "../sqlite/index.ts";

/** One shared fact; times in milliseconds since the epoch. */
export type SharedFact = {
  id: string;
  subject: string;
  text: string;
  kind: string;
  origin: "owner" | "person";
  audience: string;
  confidence: number;
  saidBy: string;
  quote: string | null;
  message: string | null;
  validFrom: number;
  validTo: number | null;
  learnedAt: number;
};

/** What the ledger is told of a text, because it knows no language: its stems, for full text, and what only the same words have too. */
export type SharedWords = { stems: string; digest: string };

/** A shared fact with who shared it first and every id that agents gave it: as it moves to another home. */
export type MovedSharedFact = SharedFact & { agent: string; ids: string[] };

export interface SharedFacts {
  /** All of them, oldest first; with `agent` those that this one shared first. */
  takeOut(agent?: string): Promise<MovedSharedFact[]>;
  /** Takes in what another home knew; what is known here stays as it is. Returns the ids of those that were new. */
  bringIn(facts: readonly (MovedSharedFact & SharedWords)[], options: { dryRun: boolean }): Promise<string[]>;
  /** Shares facts, all or none. What another agent shared already, of the same person in the same words, stays one fact. */
  put(agent: string, facts: readonly (SharedFact & SharedWords)[]): Promise<void>;
  /** Facts with any of these stems, the best match first, for the audiences named; `rooms` adds those of every room. */
  search(options: {
    words: readonly string[];
    audiences: readonly string[];
    rooms: boolean;
    limit: number;
  }): Promise<SharedFact[]>;
  /** Facts with any of these ids, or about this person, each with every id that agents gave it. */
  known(of: { ids: readonly string[] } | { subject: string }): Promise<(SharedFact & { ids: string[] })[]>;
  /** What was shared last, newest first, with who shared it first. */
  latest(limit: number): Promise<(SharedFact & { agent: string })[]>;
  /** Removes facts by the id that any agent gave them. Ids that are not there are no error. */
  forget(ids: readonly string[]): Promise<void>;
}

const columns = `
  facts.id, facts.subject, facts.text, facts.kind, facts.origin, facts.audience, facts.confidence,
  facts.said_by AS saidBy, facts.quote, facts.message, facts.valid_from AS validFrom, facts.valid_to AS validTo,
  facts.learned_at AS learnedAt
`;
/** Words of one question that are looked for. */
const WORDS_MAX = 16;
/** Matches looked at for each one asked for: some are not for this reader. */
const PROPOSED_PER_HIT = 5;

export function createSharedFacts(db: Database, { read, write }: Atomic): SharedFacts {
  const insert = db.prepare(`
    INSERT INTO shared_facts (id, agent, subject, text, digest, kind, origin, audience, confidence, said_by, quote, message,
                              valid_from, valid_to, learned_at)
    VALUES (@id, @agent, @subject, @text, @digest, @kind, @origin, @audience, @confidence, @saidBy, @quote, @message,
            @validFrom, @validTo, @learnedAt)
    ON CONFLICT (subject, audience, digest) DO UPDATE
      SET confidence = max(confidence, excluded.confidence), valid_to = excluded.valid_to
  `);
  const known = db
    .prepare<[string, string, string], number>(
      "SELECT seq FROM shared_facts WHERE subject = ? AND audience = ? AND digest = ?",
    )
    .pluck();
  // Rows of before had the stems there, which cannot tell a "not": one of the same words is the same fact.
  const tellApart = db.prepare(`
    UPDATE OR IGNORE shared_facts SET digest = @digest
    WHERE subject = @subject AND audience = @audience AND digest = @stems AND text = @text
  `);
  const addText = db.prepare<[number, string]>("INSERT INTO shared_facts_text (rowid, stems) VALUES (?, ?)");
  const addId = db.prepare<[string, number]>("INSERT OR IGNORE INTO shared_fact_ids (id, fact) VALUES (?, ?)");
  const seqOf = db.prepare<[string], number>("SELECT fact FROM shared_fact_ids WHERE id = ?").pluck();
  const removeText = db.prepare<[number]>("DELETE FROM shared_facts_text WHERE rowid = ?");
  const remove = db.prepare<[number]>("DELETE FROM shared_facts WHERE seq = ?");
  const matched = db.prepare<[Record<string, unknown>], SharedFact>(`
    SELECT ${columns}
    FROM (SELECT rowid, rank FROM shared_facts_text WHERE shared_facts_text MATCH @query ORDER BY rank LIMIT @proposed) AS matches
    JOIN shared_facts AS facts ON facts.seq = matches.rowid
    WHERE facts.audience IN (SELECT value FROM json_each(@audiences)) OR (@rooms = 1 AND facts.audience GLOB 'room:*')
    ORDER BY matches.rank LIMIT @limit
  `);

  const all = db.prepare<[Record<string, unknown>], SharedFact & { seq: number; agent: string }>(
    `SELECT facts.seq, facts.agent, ${columns} FROM shared_facts AS facts WHERE @agent IS NULL OR agent = @agent ORDER BY seq`,
  );
  const about = db.prepare<[string], SharedFact & { seq: number }>(
    `SELECT facts.seq, ${columns} FROM shared_facts AS facts WHERE subject = ? ORDER BY seq`,
  );
  const bySeq = db.prepare<[number], SharedFact & { seq: number }>(
    `SELECT facts.seq, ${columns} FROM shared_facts AS facts WHERE seq = ?`,
  );
  const latest = db.prepare<[number], SharedFact & { agent: string }>(
    `SELECT facts.agent, ${columns} FROM shared_facts AS facts ORDER BY seq DESC LIMIT ?`,
  );
  const idsOf = db.prepare<[number], string>("SELECT id FROM shared_fact_ids WHERE fact = ? ORDER BY id").pluck();
  const placeOf = (fact: SharedFact & SharedWords): number | undefined => {
    tellApart.run(fact);
    return known.get(fact.subject, fact.audience, fact.digest);
  };

  return {
    takeOut: read((agent?: string) =>
      all.all({ agent: agent ?? null }).map(({ seq, ...fact }) => ({ ...fact, ids: idsOf.all(seq) })),
    ),
    bringIn: write((facts: readonly (MovedSharedFact & SharedWords)[], { dryRun }: { dryRun: boolean }) => {
      const added: string[] = [];
      for (const { ids, ...fact } of facts) {
        const isKnown = placeOf(fact) !== undefined;
        if (isKnown || [fact.id, ...ids].some((id) => seqOf.get(id) !== undefined)) continue;
        added.push(fact.id);
        if (dryRun) continue;
        const seq = Number(insert.run(fact).lastInsertRowid);
        addText.run(seq, fact.stems);
        for (const id of ids) addId.run(id, seq);
      }
      return added;
    }),
    put: write((agent: string, facts: readonly (SharedFact & SharedWords)[]) => {
      for (const fact of facts) {
        if (seqOf.get(fact.id) !== undefined) continue;
        const before = placeOf(fact);
        insert.run({ ...fact, agent });
        const seq = before ?? placeOf(fact);
        if (seq === undefined) continue;
        if (before === undefined) addText.run(seq, fact.stems);
        addId.run(fact.id, seq);
      }
    }),
    search: read(({ words, audiences, rooms, limit }) => {
      const query = words
        .slice(0, WORDS_MAX)
        .map((word) => `"${word.replaceAll('"', "")}"`)
        .join(" OR ");
      if (query === "") return [];
      const proposed = limit * PROPOSED_PER_HIT;
      return matched.all({ query, proposed, limit, audiences: JSON.stringify(audiences), rooms: rooms ? 1 : 0 });
    }),
    known: read((of: { ids: readonly string[] } | { subject: string }) => {
      const rows =
        "subject" in of
          ? about.all(of.subject)
          : [...new Set(of.ids.flatMap((id) => seqOf.get(id) ?? []))].flatMap((seq) => bySeq.get(seq) ?? []);
      return rows.map(({ seq, ...fact }) => ({ ...fact, ids: idsOf.all(seq) }));
    }),
    latest: read((limit: number) => latest.all(limit)),
    forget: write((ids: readonly string[]) => {
      for (const id of ids) {
        const seq = seqOf.get(id);
        if (seq === undefined) continue;
        removeText.run(seq);
        remove.run(seq);
      }
    }),
  };
}
