/** Memory layer 2, facts: the rows themselves, and their full text with BM25. Every other layer holds the same ids. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { analyse, telling } from "../language/words.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact, NewFact, Reader, Standing } from "../types.ts";
import { createBm25, type Term } from "./bm25.ts";
import { type FactRow, factOf, shelved } from "./fact-rows.ts";
import type { KeepFact, Kept } from "./keep-facts.ts";
import type { OwnHit } from "./layer.ts";
import type { Uses } from "./uses.ts";

export interface Facts {
  /** Keeps facts, in this order, all or none. What says exactly the same of the same person gains a source instead. */
  keep(facts: readonly NewFact[], standing?: "active" | "quarantined"): Promise<Kept[]>;
  get(id: string): Promise<Fact | undefined>;
  many(ids: readonly string[]): Promise<Fact[]>;
  /** The same for whoever knows the places of facts, by their place. */
  at(seqs: readonly number[]): Promise<Map<number, Fact>>;
  seqsOf(ids: readonly string[]): Promise<Map<string, number>>;
  idsOf(seqs: readonly number[]): Promise<Map<number, string>>;
  /** The newest first. `subject` and `standing` narrow it. */
  list(filter: { subject?: string; standing?: Standing; limit: number; before?: number }): Promise<Fact[]>;
  /** In the order they were kept, from behind this place on. */
  after(seq: number, limit: number): Promise<{ seq: number; fact: Fact }[]>;
  count(): Promise<Record<Standing, number>>;
  /** Full text, any of the words, the rarest count most. */
  search(question: string, options: { reader: Reader; limit: number }): Promise<OwnHit[]>;
  /** Takes facts out of full text; the rows are for whoever forgets them. */
  unindex(ids: readonly string[]): Promise<void>;
  /** Notes that facts were used now: they fade from here on. Kept in memory until a later write. */
  used(ids: readonly string[]): void;
}

/** Words of a question that full text looks for, the rarest first. */
const TERMS_MAX = 16;
/** Rows that full text ranks: the rarest words are looked for first, and further ones while their facts fit in. */
const MATCHED_MAX = 600;

type Options = { db: Database; atomic: Atomic; shelf: Shelf; keepFact: KeepFact; uses: Uses };

export function createFacts({ db, atomic: { read, write }, shelf, keepFact, uses }: Options): Facts {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  // Whoever knows the place of a fact is spared the way through the index of ids.
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const idOf = db.prepare<[number], string>("SELECT id FROM facts WHERE seq = ?").pluck();
  const counts = db.prepare<[], { standing: Standing; count: number }>(
    "SELECT standing, count(*) AS count FROM facts WHERE standing <> 'active' GROUP BY standing",
  );
  const total = db.prepare<[], number>("SELECT count(*) FROM facts").pluck();
  const listed = db.prepare<[Record<string, unknown>], FactRow>(`
    SELECT * FROM facts
    WHERE (@subject IS NULL OR subject = @subject) AND (@standing IS NULL OR standing = @standing)
      AND (@before IS NULL OR learned_at < @before)
    ORDER BY seq DESC LIMIT @limit
  `);
  const later = db.prepare<[number, number], FactRow>("SELECT * FROM facts WHERE seq > ? ORDER BY seq LIMIT ?");
  const matched = db.prepare<[string], number>("SELECT rowid FROM facts_text WHERE facts_text MATCH ?").pluck();
  const removeText = db.prepare<[string]>("DELETE FROM facts_text WHERE rowid = (SELECT seq FROM facts WHERE id = ?)");

  const keepAll = write((facts: readonly NewFact[], standing: "active" | "quarantined") => {
    uses.keep();
    return facts.map((fact) => keepFact(fact, standing));
  });

  return {
    keep: async (facts, standing = "active") => {
      const kept = await keepAll(facts, standing);
      // Only what was committed reaches the shelf.
      for (const { row } of kept) shelf.stand(shelved(row));
      return kept.map(({ id, isNew }) => ({ id, isNew }));
    },
    get: read((id: string) => {
      const row = byId.get(id);
      return row && factOf(row);
    }),
    many: read((ids: readonly string[]) =>
      ids.flatMap((id) => {
        const row = byId.get(id);
        return row === undefined ? [] : [factOf(row)];
      }),
    ),
    at: read((seqs: readonly number[]) => each(seqs, bySeq, factOf)),
    seqsOf: read((ids: readonly string[]) => each(ids, seqOf, (seq) => seq)),
    idsOf: read((seqs: readonly number[]) => each(seqs, idOf, (id) => id)),
    list: read(({ subject, standing, limit, before }) =>
      listed.all({ subject: subject ?? null, standing: standing ?? null, before: before ?? null, limit }).map(factOf),
    ),
    after: read((seq: number, limit: number) =>
      later.all(seq, limit).map((row) => ({ seq: row.seq, fact: factOf(row) })),
    ),
    count: read(() => {
      const all = { active: 0, archived: 0, quarantined: 0, merged: 0, retracted: 0 };
      for (const { standing, count } of counts.all()) all[standing] = count;
      all.active = (total.get() ?? 0) - Object.values(all).reduce((sum, count) => sum + count, 0);
      return all;
    }),
    search: read((question: string, { reader, limit }: { reader: Reader; limit: number }) => {
      const terms = termsOf(question, shelf);
      if (terms.length === 0) return [];
      const isFindable = shelf.findableBy(reader);
      const bm25 = createBm25(terms, shelf);
      const hits: OwnHit[] = [];
      for (const seq of matched.all(terms.map(({ word }) => `"${word.replaceAll('"', "")}"`).join(" OR "))) {
        if (isFindable(seq)) hits.push({ seq, score: bm25(seq) });
      }
      return best(hits, limit);
    }),
    unindex: write((ids: readonly string[]) => {
      for (const id of ids) removeText.run(id);
    }),
    used: uses.note,
  };
}

/** What a statement finds for each of these, by what it was asked with. */
function each<Key, Row, Value>(
  keys: readonly Key[],
  statement: { get(key: Key): Row | undefined },
  from: (row: Row) => Value,
): Map<Key, Value> {
  const found = new Map<Key, Value>();
  for (const key of keys) {
    const row = statement.get(key);
    if (row !== undefined) found.set(key, from(row));
  }
  return found;
}

/** Only what can be among them is put in order: of a thousand that match, most are not. */
function best(hits: readonly OwnHit[], limit: number): OwnHit[] {
  const least =
    Float64Array.from(hits, ({ score }) => score)
      .sort()
      .at(-limit) ?? 0;
  return hits
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score || a.seq - b.seq)
    .slice(0, limit);
}

/** What full text looks for: the telling words, the rarest in any case. A word of very many facts costs much and tells little. */
function termsOf(question: string, { vocabulary }: Shelf): Term[] {
  const terms = [...new Set(telling(analyse(question)))]
    .map((word) => ({ word, number: vocabulary.numberOf(word) }))
    .map((term) => ({ ...term, facts: vocabulary.factsWith(term.number) }))
    .filter(({ facts }) => facts > 0)
    .toSorted((a, b) => a.facts - b.facts)
    .slice(0, TERMS_MAX);
  let matched = 0;
  return terms.filter(({ facts }, i) => {
    matched += facts;
    return i === 0 || matched <= MATCHED_MAX;
  });
}
