/** Forgetting: out of every layer, index, summary and queue, over what was drawn from it; then a search that must find nothing. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { readerOf } from "./audience.ts";
import { analyse, telling } from "./language/words.ts";
import type { FactRow } from "./layers/fact-rows.ts";
import { factOf, shelved } from "./layers/fact-rows.ts";
import type { Layer } from "./layers/layer.ts";
import { markChanged } from "./recall/keep-current.ts";
import type { Shelf } from "./recall/shelf.ts";
import type { Fact, LayerName, Reader } from "./types.ts";

/** What is to be forgotten: facts by id, all about a person, all of one conversation, or all there is. */
export type Forgetting = { ids: readonly string[] } | { person: string } | { thread: string } | { everything: true };

/** The proof, without content: what went, and that no layer finds it. */
export type Receipt = {
  at: number;
  forgotten: string[];
  /** Things said whose words about it were taken out. */
  rewritten: string[];
  /** Layers that still found something, or could not be asked: empty means forgotten. */
  stillFound: { layer: LayerName; because: string }[];
};

export interface Forget {
  /** The facts that would go, over all that was drawn from them. */
  wouldForget(what: Forgetting): Promise<Fact[]>;
  forget(what: Forgetting, options: { signal: AbortSignal }): Promise<Receipt>;
  /** Whether this id was forgotten once. */
  wasForgotten(id: string): Promise<boolean>;
}

/** A layer outside `agent.db`: it is told before the rows go, so that a crash in between can be told again. */
type Options = { db: Database; atomic: Atomic; clock: Clock; shelf: Shelf; layers: readonly Layer[] };

/** Whose, or which conversation's, words go, besides facts. */
type Scope = { person?: string; thread?: string; everything?: true };

type Bounds = { person: string | null; thread: string | null; everything: 0 | 1 };

const CUT = "[…]";

export function createForget({ db, atomic: { read, write }, clock, shelf, layers }: Options): Forget {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const idsOf = {
    person: db.prepare<[string], string>("SELECT id FROM facts WHERE subject = ?").pluck(),
    thread: db.prepare<[string], string>("SELECT id FROM facts WHERE thread = ?").pluck(),
    everything: db.prepare<[], string>("SELECT id FROM facts").pluck(),
  };
  // What was drawn from a fact, what was merged into it, and so on to the end.
  const closure = db
    .prepare<[string], string>(`
      WITH RECURSIVE gone (seq, id) AS (
        SELECT seq, id FROM facts WHERE id = ?
        UNION SELECT facts.seq, facts.id FROM gone JOIN derived ON derived.source = gone.seq JOIN facts ON facts.seq = derived.fact
        UNION SELECT facts.seq, facts.id FROM gone JOIN facts ON facts.successor = gone.id AND facts.standing = 'merged'
      ) SELECT id FROM gone
    `)
    .pluck();
  const sources = db.prepare<[number], number>("SELECT source FROM derived WHERE fact = ?").pluck();
  const entryOf = db.prepare<[number], number>("SELECT entry FROM said WHERE fact = ?").pluck();
  const removeEntry = db.prepare<[number]>("DELETE FROM session_entries WHERE id = ?");
  const removeUnsettled = db.prepare<[Bounds]>(`
    DELETE FROM unsettled_turns WHERE turn ->> '$.person.id' = @person OR turn ->> '$.thread' = @thread OR @everything = 1
  `);
  const removeSupposed = db.prepare<[Bounds]>("DELETE FROM hypotheses WHERE person = @person OR @everything = 1");
  // A supposition that nobody wrote is made of the facts for it: with the last of them it goes.
  const standOn = db
    .prepare<[number], number>(
      "SELECT hypothesis FROM evidence JOIN hypotheses ON id = hypothesis WHERE fact = ? AND by = 'review'",
    )
    .pluck();
  const removeBaseless = db.prepare<[number, number]>(
    "DELETE FROM hypotheses WHERE id = ? AND NOT EXISTS (SELECT 1 FROM evidence WHERE hypothesis = ? AND speaks = 'for')",
  );
  const removeEntries = db.prepare<[Bounds]>("DELETE FROM session_entries WHERE thread = @thread OR @everything = 1");
  const rewriteEntry = db.prepare<[string, number]>("UPDATE session_entries SET text = ? WHERE id = ?");
  const rewrite = db.prepare<[string, string, number]>("UPDATE facts SET text = ?, words = ? WHERE seq = ?");
  const removeText = db.prepare<[number]>("DELETE FROM facts_text WHERE rowid = ?");
  const addText = db.prepare<[number, string]>("INSERT INTO facts_text (rowid, stems) VALUES (?, ?)");
  const removeVector = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const remove = db.prepare<[number]>("DELETE FROM facts WHERE seq = ?");
  const unlink = db.prepare<[string]>("UPDATE facts SET successor = NULL WHERE successor = ? AND standing <> 'merged'");
  const bury = db.prepare<[string, number]>("INSERT OR IGNORE INTO tombstones (id, at) VALUES (?, ?)");
  const buried = db.prepare<[string], 1>("SELECT 1 FROM tombstones WHERE id = ?").pluck();

  const startOf = (what: Forgetting): readonly string[] => {
    if ("ids" in what) return what.ids;
    if ("person" in what) return idsOf.person.all(what.person);
    return "thread" in what ? idsOf.thread.all(what.thread) : idsOf.everything.all();
  };
  const idsIn = read((what: Forgetting): string[] => {
    const start = startOf(what);
    return [...new Set(start.flatMap((id) => closure.all(id)))];
  });

  const rowsOf = read((ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []));

  /** The words a fact was drawn from go out of what was said; a thing said that has nothing else goes whole. */
  const takeOut = (row: FactRow, gone: Set<string>, rewritten: Map<number, FactRow>) => {
    for (const seq of sources.all(row.seq)) {
      const source = rewritten.get(seq) ?? bySeq.get(seq);
      // Only what was said loses its words; a fact that an insight stands on stays as it is.
      if (source === undefined || source.kind !== "said" || gone.has(source.id)) continue;
      const quote = row.quote ?? source.text;
      const text = source.text.includes(quote) ? source.text.replaceAll(quote, CUT) : CUT;
      if (text.replaceAll(CUT, "").trim() === "") gone.add(source.id);
      const words = analyse(text);
      rewritten.set(seq, { ...source, text, words: words.join(" ") });
    }
  };

  const apply = write((ids: readonly string[], scope: Scope) => {
    const now = clock.now();
    markChanged(db);
    const gone = new Set(ids);
    const rewritten = new Map<number, FactRow>();
    for (const id of ids) {
      const row = byId.get(id);
      if (row !== undefined) takeOut(row, gone, rewritten);
    }
    const removed: FactRow[] = [];
    const baseless = new Set<number>();
    for (const id of gone) {
      const row = byId.get(id);
      if (row === undefined) continue;
      const entry = entryOf.get(row.seq);
      if (entry !== undefined) removeEntry.run(entry);
      for (const hypothesis of standOn.all(row.seq)) baseless.add(hypothesis);
      removeText.run(row.seq);
      remove.run(row.seq);
      unlink.run(id);
      bury.run(id, now);
      removed.push(row);
    }
    for (const hypothesis of baseless) removeBaseless.run(hypothesis, hypothesis);
    const bounds = {
      person: scope.person ?? null,
      thread: scope.thread ?? null,
      everything: scope.everything ? 1 : 0,
    } as const;
    removeUnsettled.run(bounds);
    removeSupposed.run(bounds);
    removeEntries.run(bounds);
    const kept = [...rewritten.values()].filter(({ id }) => !gone.has(id));
    for (const row of kept) {
      const entry = entryOf.get(row.seq);
      if (entry !== undefined) rewriteEntry.run(row.text, entry);
      rewrite.run(row.text, row.words, row.seq);
      removeText.run(row.seq);
      addText.run(row.seq, telling(row.words.split(" ")).join(" "));
      // Its vector spoke of what is gone; a new one is made with the next index.
      removeVector.run(row.seq);
    }
    return { removed, kept, at: now };
  });

  return {
    wouldForget: async (what) => (await rowsOf(await idsIn(what))).map(factOf),
    async forget(what, { signal }) {
      const ids = await idsIn(what);
      const before = await rowsOf(ids);
      for (const layer of layers) await layer.forget(ids, { signal });
      const { removed, kept, at } = await apply(ids, "ids" in what ? {} : what);
      await Promise.all(
        layers.map((layer) =>
          layer.forget(
            kept.map(({ id }) => id),
            { signal },
          ),
        ),
      );
      for (const { seq } of removed) shelf.remove(seq);
      for (const row of kept) shelf.replace(shelved(row));
      const gone = new Set(removed.map(({ id }) => id));
      return {
        at,
        forgotten: [...gone],
        rewritten: kept.map(({ id }) => id),
        stillFound: await lookAgain(layers, before, gone, signal),
      };
    },
    wasForgotten: read((id: string) => buried.get(id) !== undefined),
  };
}

/** Facts that are asked for again, in their own words, after they are gone. */
const LOOKED_AGAIN_MAX = 20;

async function lookAgain(
  layers: readonly Layer[],
  rows: readonly FactRow[],
  gone: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Receipt["stillFound"]> {
  const found: Receipt["stillFound"] = [];
  for (const layer of layers) {
    for (const row of rows.slice(0, LOOKED_AGAIN_MAX)) {
      const reader: Reader = readerOf(row.audience);
      const hits = await layer.search(row.text, { reader, limit: 10, signal });
      const still = hits.filter(({ id }) => gone.has(id));
      if (still.length > 0)
        found.push({ layer: layer.name, because: `It still finds ${still.map(({ id }) => id).join(", ")}.` });
    }
  }
  return found;
}
