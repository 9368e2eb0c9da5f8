/** Memory layer 2, facts: the rows themselves, and their full text with BM25. Every other layer holds the same ids. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { readable } from "../audience.ts";
import { analyse, telling } from "../language/words.ts";
import { isRecallable, type Shelf } from "../recall/shelf.ts";
import type { Fact, NewFact, Reader, Standing } from "../types.ts";
import { createBm25, type Term } from "./bm25.ts";
import { type FactRow, factOf, shelved } from "./fact-rows.ts";
import type { KeepFact, Kept } from "./keep-facts.ts";
import type { LayerHit } from "./layer.ts";

export interface Facts {
  /** Keeps facts, in this order, all or none. What says exactly the same of the same person gains a source instead. */
  keep(facts: readonly NewFact[], standing?: "active" | "quarantined"): Promise<Kept[]>;
  get(id: string): Promise<Fact | undefined>;
  many(ids: readonly string[]): Promise<Fact[]>;
  /** The newest first. `subject` and `standing` narrow it. */
  list(filter: { subject?: string; standing?: Standing; limit: number; before?: number }): Promise<Fact[]>;
  /** In the order they were kept, from behind this place on. */
  after(seq: number, limit: number): Promise<{ seq: number; fact: Fact }[]>;
  count(): Promise<Record<Standing, number>>;
  /** Full text, any of the words, the rarest count most. */
  search(question: string, options: { reader: Reader; limit: number }): Promise<LayerHit[]>;
  /** Takes facts out of full text; the rows are for whoever forgets them. */
  unindex(ids: readonly string[]): Promise<void>;
  /** Notes that facts were used now: they fade from here on. Kept in memory until the next write. */
  used(ids: readonly string[]): void;
}

/** Words of a question that full text looks for, the rarest first. */
const TERMS_MAX = 16;
/** Rows that full text ranks: the rarest words are looked for first, and further ones while their facts fit in. */
const MATCHED_MAX = 600;

type Options = { db: Database; atomic: Atomic; clock: Clock; shelf: Shelf; keepFact: KeepFact };

export function createFacts({ db, atomic: { read, write }, clock, shelf, keepFact }: Options): Facts {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  // Whoever knows the place of a fact is spared the way through the index of ids.
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const use = db.prepare<[number, number, string]>(
    "UPDATE facts SET used_at = max(used_at, ?), uses = uses + ? WHERE id = ?",
  );
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

  const pending = new Map<string, { at: number; uses: number }>();
  const flushUses = () => {
    for (const [id, { at, uses }] of pending) use.run(at, uses, id);
    pending.clear();
  };
  const keepAll = write((facts: readonly NewFact[], standing: "active" | "quarantined") => {
    flushUses();
    return facts.map((fact) => keepFact(fact, standing));
  });

  return {
    keep: async (facts, standing = "active") => {
      const kept = await keepAll(facts, standing);
      // Only what was committed reaches the shelf.
      for (const { row } of kept) if (row !== undefined) shelf.add(shelved(row));
      return kept.map(({ id, isNew }) => ({ id, isNew }));
    },
    get: read((id: string) => {
      const row = byId.get(id);
      return row && factOf(row);
    }),
    many: read((ids: readonly string[]) =>
      ids.flatMap((id) => {
        const slip = shelf.byId(id);
        const row = slip === undefined ? byId.get(id) : bySeq.get(slip.seq);
        return row === undefined ? [] : [factOf(row)];
      }),
    ),
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
      const mayRead = readable(reader);
      const bm25 = createBm25(terms, shelf);
      const hits: (LayerHit & { seq: number })[] = [];
      for (const seq of matched.all(terms.map(({ word }) => `"${word.replaceAll('"', "")}"`).join(" OR "))) {
        const slip = shelf.get(seq);
        if (slip === undefined || !isRecallable(slip) || !mayRead(slip.audience)) continue;
        hits.push({ id: slip.id, score: bm25(slip), seq });
      }
      return best(hits, limit).map(({ id, score }) => ({ id, score }));
    }),
    unindex: write((ids: readonly string[]) => {
      for (const id of ids) removeText.run(id);
    }),
    used(ids) {
      const at = clock.now();
      for (const id of ids) {
        const slip = shelf.byId(id);
        if (slip !== undefined) {
          slip.usedAt = Math.max(slip.usedAt, at);
          slip.uses++;
        }
        pending.set(id, { at, uses: (pending.get(id)?.uses ?? 0) + 1 });
      }
    },
  };
}

/** Only what can be among them is put in order: of a thousand that match, most are not. */
function best<Hit extends { score: number; seq: number }>(hits: readonly Hit[], limit: number): Hit[] {
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
