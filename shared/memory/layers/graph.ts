/** Memory layer 4, the graph: who and what facts speak of, found by name, followed to what is two steps away. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { audienceCondition, audienceParameters } from "../audience.ts";
import { fold } from "../language/words.ts";
import type { Fact, Reader } from "../types.ts";
import { namesIn } from "./graph-names.ts";
import type { Layer, OwnHit } from "./layer.ts";

export const entityKinds = ["person", "company", "project", "concept", "tool", "place", "event"] as const;
export type EntityKind = (typeof entityKinds)[number];
export type Entity = { id: number; name: string; kind: EntityKind; facts: number };
export type Relation = { source: string; kind: string; target: string; fact: string };

type Names = {
  /** What one fact says of two entities, directed; both are taken in when they are new. */
  relate(fact: string, relations: readonly Related[]): Promise<void>;
  /** Of the entities that most facts speak of those the reader may see; their facts are counted up to FACTS_COUNTED_MAX. */
  entities(options: { reader: Reader; limit: number }): Promise<Entity[]>;
  relations(options: { reader: Reader; limit: number }): Promise<Relation[]>;
};
export type Graph = Layer & Names;
/** `takeWithin` is `put` and then `relate`, as part of a transaction. */
export type OwnGraph = Layer<OwnHit> & Names & { takeWithin(fact: Fact, relations: readonly Related[]): void };
type Related = { source: string; kind: string; target: string };

/** An entity of more facts than this, the person one talks to every day, says nothing about any of them. */
const CROWD = 50;
/** Facts of one entity that are counted for a list of entities, and how many entities are looked at for each that is listed. */
export const FACTS_COUNTED_MAX = 100;
const LOOKED_AT_FACTOR = 2;
/** Words of one name that a question is looked through for, and words of a question that are looked at. */
const NAME_WORDS_MAX = 8;
const WORDS_MAX = 60;

export function createGraph({ db, atomic: { read, write } }: { db: Database; atomic: Atomic }): OwnGraph {
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const known = db
    .prepare<[string], number>("SELECT entity FROM aliases WHERE alias = ? ORDER BY entity LIMIT 1")
    .pluck();
  const knownOf = db
    .prepare<[string], number>(
      "SELECT DISTINCT min(entity) FROM aliases WHERE alias IN (SELECT value FROM json_each(?)) GROUP BY alias",
    )
    .pluck();
  const add = db.prepare<[string, EntityKind]>("INSERT INTO entities (name, kind) VALUES (?, ?)");
  const alias = db.prepare<[string, number | bigint]>("INSERT OR IGNORE INTO aliases (alias, entity) VALUES (?, ?)");
  const mention = db.prepare<[number | bigint, number]>("INSERT OR IGNORE INTO mentions (entity, fact) VALUES (?, ?)");
  const relation = db.prepare<[number | bigint, string, number | bigint, number]>(
    "INSERT OR IGNORE INTO relations (source, kind, target, fact) VALUES (?, ?, ?, ?)",
  );
  const visible = `standing IN ('active', 'archived') AND ${audienceCondition}`;
  // Another name of the same leads to the same facts.
  const sameAs = db
    .prepare<[number], number>(`
      WITH first AS (SELECT coalesce(same_as, id) AS id FROM entities WHERE id = ?)
      SELECT id FROM first UNION SELECT entities.id FROM entities JOIN first ON entities.same_as = first.id
    `)
    .pluck();
  const crowd = db
    .prepare<[number], number>(`SELECT count(*) FROM (SELECT 1 FROM mentions WHERE entity = ? LIMIT ${CROWD + 1})`)
    .pluck();
  const direct = db
    .prepare<[Record<string, unknown>], number>(`
    SELECT facts.seq FROM mentions JOIN facts ON facts.seq = mentions.fact
    WHERE mentions.entity = @entity AND ${visible} ORDER BY facts.seq DESC LIMIT @limit
  `)
    .pluck();
  const further = db
    .prepare<[Record<string, unknown>], number>(`
    SELECT DISTINCT facts.seq FROM relations
    JOIN mentions ON mentions.entity = CASE relations.source WHEN @entity THEN relations.target ELSE relations.source END
    JOIN facts AS said ON said.seq = relations.fact
    JOIN facts ON facts.seq = mentions.fact
    WHERE (relations.source = @entity OR relations.target = @entity)
      AND said.standing IN ('active', 'archived') AND ${audienceCondition.replaceAll("audience", "said.audience")}
      AND facts.${visible.replaceAll("audience", "facts.audience")} LIMIT @limit
  `)
    .pluck();
  const unmention = db.prepare<[number]>("DELETE FROM mentions WHERE fact = ?");
  const unrelate = db.prepare<[number]>("DELETE FROM relations WHERE fact = ?");
  const orphans = db.prepare(`
    DELETE FROM entities WHERE NOT EXISTS (SELECT 1 FROM mentions WHERE entity = entities.id)
      AND NOT EXISTS (SELECT 1 FROM relations WHERE source = entities.id OR target = entities.id)
  `);
  const listed = db.prepare<[Record<string, unknown>], Entity>(`
    WITH often AS (
      SELECT entity FROM mentions GROUP BY entity ORDER BY count(*) DESC, entity LIMIT @limit * ${LOOKED_AT_FACTOR}
    ), counted AS (
      SELECT entity, (SELECT count(*) FROM (
        SELECT 1 FROM mentions JOIN facts ON facts.seq = mentions.fact
        WHERE mentions.entity = often.entity AND ${visible} LIMIT ${FACTS_COUNTED_MAX}
      )) AS facts FROM often
    )
    SELECT entities.id, name, entities.kind, facts FROM counted JOIN entities ON entities.id = entity
    WHERE facts > 0 ORDER BY facts DESC, entities.id LIMIT @limit
  `);
  const related = db.prepare<[Record<string, unknown>], Relation>(`
    SELECT one.name AS source, relations.kind, other.name AS target, facts.id AS fact FROM relations
    JOIN entities AS one ON one.id = relations.source JOIN entities AS other ON other.id = relations.target
    JOIN facts ON facts.seq = relations.fact WHERE ${visible} ORDER BY facts.seq DESC LIMIT @limit
  `);

  const entityOf = (name: string, kind: EntityKind): number | bigint => {
    const folded = fold(name);
    const id = known.get(folded) ?? add.run(name, kind).lastInsertRowid;
    alias.run(folded, id);
    return id;
  };

  const putOne = (fact: Fact) => {
    const seq = seqOf.get(fact.id);
    if (seq === undefined) return;
    mention.run(entityOf(fact.source.by, "person"), seq);
    for (const name of namesIn(fact.text)) mention.run(entityOf(name, "concept"), seq);
  };
  const relateOne = (fact: string, relations: readonly Related[]) => {
    const seq = seqOf.get(fact);
    if (seq === undefined) return;
    for (const { source, kind, target } of relations) {
      const [from, to] = [entityOf(source, "concept"), entityOf(target, "concept")];
      mention.run(from, seq);
      mention.run(to, seq);
      relation.run(from, kind, to, seq);
    }
  };

  return {
    name: "graph",
    search: read((question: string, { reader, limit }: { reader: Reader; limit: number }): OwnHit[] => {
      const scores = new Map<number, number>();
      const raise = (seq: number, score: number) => scores.set(seq, (scores.get(seq) ?? 0) + score);
      const named = knownOf.all(JSON.stringify(runsOf(question)));
      for (const entity of new Set(named.flatMap((one) => sameAs.all(one)))) {
        const parameters = { entity, limit, ...audienceParameters(reader) };
        const facts = crowd.get(entity) ?? 0;
        if (facts > CROWD) continue;
        for (const seq of direct.all(parameters)) raise(seq, 1 / Math.log2(1 + facts));
        for (const seq of further.all(parameters)) raise(seq, 0.25);
      }
      return [...scores]
        .map(([seq, score]) => ({ seq, score }))
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    }),
    put: write((facts: readonly Fact[]) => {
      for (const fact of facts) putOne(fact);
    }),
    relate: write(relateOne),
    takeWithin(fact, relations) {
      putOne(fact);
      relateOne(fact.id, relations);
    },
    forget: write((ids: readonly string[]) => {
      for (const id of ids) {
        const seq = seqOf.get(id);
        if (seq === undefined) continue;
        unmention.run(seq);
        unrelate.run(seq);
      }
      orphans.run();
    }),
    entities: read(({ reader, limit }) => listed.all({ limit, ...audienceParameters(reader) })),
    relations: read(({ reader, limit }) => related.all({ limit, ...audienceParameters(reader) })),
  };
}

/** Every run of words of a text: whatever name stands in it is one of them, "AT&T" and "O'Brien" too. What is "Vera's" leads to Vera. */
function runsOf(text: string): string[] {
  const folded = fold(text);
  const runs = runsIn(folded.match(/[\p{L}\p{N}@._-]+/gu) ?? []);
  const whole = (folded.match(/[\p{L}\p{N}@._&'’-]+/gu) ?? []).map((word) => word.replace(/['’]s?$/u, ""));
  return whole.some((word) => JOINED.test(word)) ? [...runs, ...runsIn(whole).filter((run) => JOINED.test(run))] : runs;
}

/** What joins the parts of a name that is written as one word. */
const JOINED = /[&'’]/u;

function runsIn(all: readonly string[]): string[] {
  const words = all.slice(0, WORDS_MAX);
  return words.flatMap((_, from) =>
    Array.from({ length: Math.min(NAME_WORDS_MAX, words.length - from) }, (_, more) =>
      words
        .slice(from, from + more + 1)
        .join(" ")
        .replace(/[._-]+$/u, ""),
    ),
  );
}
