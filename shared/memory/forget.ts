/** Forgetting: out of every layer, index, summary and queue, over what was drawn from it; then a search that must find nothing. */
import { type Clock, messageOf, OperationalError } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { readerOf } from "./audience.ts";
import { analyse, telling } from "./language/words.ts";
import { type FactRow, factOf, shelved } from "./layers/fact-rows.ts";
import type { Layer } from "./layers/layer.ts";
import { digestOf } from "./layers/put-fact.ts";
import type { SharedLayer } from "./layers/shared.ts";
import { markChanged } from "./recall/keep-current.ts";
import type { Shelf } from "./recall/shelf.ts";
import type { Fact, LayerName } from "./types.ts";

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
  /** The facts that would go, over all that was drawn from them, and those of colleagues that layer 5 knows by these ids or of this person. */
  wouldForget(what: Forgetting): Promise<Fact[]>;
  forget(what: Forgetting, options: { signal: AbortSignal }): Promise<Receipt>;
  /** Whether this id was forgotten once. */
  wasForgotten(id: string): Promise<boolean>;
}

/** Layers beside the rows are told before those go, so that a crash in between can be told again. */
type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  layers: readonly Layer[];
  shared: SharedLayer | undefined;
};

/** Whose, or which conversation's, words go, besides facts. */
type Scope = { person?: string; thread?: string; everything?: true };

type Bounds = { person: string | null; thread: string | null; everything: 0 | 1 };

/** Something said that loses these words; all of them when no quote of it is known. */
type Loss = { source: FactRow; quotes: string[] | "all" };

const CUT = "[…]";

export function createForget({ db, atomic: { read, write }, clock, shelf, layers, shared }: Options): Forget {
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
  const furtherQuotes = db
    .prepare<[number], string>("SELECT quote FROM fact_sources WHERE fact = ? AND quote IS NOT NULL")
    .pluck();
  const entryOf = db.prepare<[number], { id: number; text: string }>(
    "SELECT id, text FROM said JOIN session_entries ON id = entry WHERE fact = ?",
  );
  const removeEntry = db.prepare<[number]>("DELETE FROM session_entries WHERE id = ?");
  const removeWithin = [
    "DELETE FROM unsettled_turns WHERE turn ->> '$.person.id' = @person OR turn ->> '$.thread' = @thread OR @everything = 1",
    "DELETE FROM hypotheses WHERE person = @person OR @everything = 1",
    "DELETE FROM looked_over WHERE person = @person OR @everything = 1",
    "DELETE FROM session_entries WHERE thread = @thread OR @everything = 1",
  ].map((sql) => db.prepare<[Bounds]>(sql));
  // A supposition that nobody wrote may say what any of its facts says.
  const removeSupposed = db.prepare<[number]>(
    "DELETE FROM hypotheses WHERE by = 'review' AND id IN (SELECT hypothesis FROM evidence WHERE fact = ?)",
  );
  const rewriteEntry = db.prepare<[string, number]>("UPDATE session_entries SET text = ? WHERE id = ?");
  const rewrite = db.prepare<[string, string, string, number]>(
    "UPDATE facts SET text = ?, words = ?, digest = ?, times = NULL WHERE seq = ?",
  );
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
  const ownOf = read((what: Forgetting, more: readonly string[]): FactRow[] => {
    const ids = new Set([...startOf(what), ...more].flatMap((id) => closure.all(id)));
    return [...ids].flatMap((id) => byId.get(id) ?? []);
  });
  /** Own facts, and those of colleagues; what a colleague shares may be known here under an id of our own. */
  const reachOf = async (what: Forgetting) => {
    const known = shared !== undefined && ("ids" in what || "person" in what) ? await shared.known(what) : [];
    const own = await ownOf(
      what,
      known.flatMap(({ ids }) => ids),
    );
    const isOwn = new Set(own.map(({ id }) => id));
    return { own, guests: known.map(({ fact }) => fact).filter(({ id }) => !isOwn.has(id)) };
  };

  /** The facts that go, things said that have no other words among them, and what others lose. */
  const planOf = (ids: readonly string[]) => {
    const gone = new Set(ids);
    const losses = new Map<number, Loss>();
    for (const row of ids.flatMap((id) => byId.get(id) ?? [])) {
      const quotes = [...(row.quote === null ? [] : [row.quote]), ...furtherQuotes.all(row.seq)];
      for (const seq of sources.all(row.seq)) {
        const source = bySeq.get(seq);
        // Only what was said loses its words; a fact that an insight stands on stays as it is.
        if (source === undefined || source.kind !== "said" || gone.has(source.id)) continue;
        const found = quotes.filter((quote) => quote !== "" && source.text.includes(quote));
        const before = losses.get(seq)?.quotes ?? [];
        const isAll = found.length === 0 || before === "all";
        losses.set(seq, { source, quotes: isAll ? "all" : [...before, ...found] });
      }
    }
    const isEmptied = ({ source, quotes }: Loss) => without(source.text, quotes).replaceAll(CUT, "").trim() === "";
    for (const loss of losses.values()) if (isEmptied(loss)) gone.add(loss.source.id);
    return { gone, losses: [...losses.values()].filter(({ source }) => !gone.has(source.id)) };
  };
  const plan = read(planOf);

  const apply = write((ids: readonly string[], guests: readonly string[], scope: Scope) => {
    const now = clock.now();
    markChanged(db);
    const { gone, losses } = planOf(ids);
    const removed: FactRow[] = [];
    for (const id of gone) {
      const row = byId.get(id);
      if (row === undefined) continue;
      const entry = entryOf.get(row.seq);
      if (entry !== undefined) removeEntry.run(entry.id);
      removeSupposed.run(row.seq);
      removeText.run(row.seq);
      remove.run(row.seq);
      unlink.run(id);
      removed.push(row);
    }
    for (const id of [...removed.map((row) => row.id), ...guests]) bury.run(id, now);
    const { person = null, thread = null, everything = false } = scope;
    for (const statement of removeWithin) statement.run({ person, thread, everything: everything ? 1 : 0 });
    const kept = losses.map(({ source, quotes }): FactRow => {
      const entry = entryOf.get(source.seq);
      if (entry !== undefined) rewriteEntry.run(without(entry.text, quotes), entry.id);
      const text = without(source.text, quotes);
      const words = analyse(text);
      rewrite.run(text, words.join(" "), digestOf(text), source.seq);
      removeText.run(source.seq);
      addText.run(source.seq, telling(words).join(" "));
      // Its vector spoke of what is gone; a new one is made with the next index.
      removeVector.run(source.seq);
      return { ...source, text, words: words.join(" ") };
    });
    return { removed, kept, at: now };
  });

  const all = shared === undefined ? layers : [...layers, shared];
  // Full text goes, and is written anew, with the rows.
  const beside = all.filter(({ name }) => name !== "facts");

  return {
    async wouldForget(what) {
      const { own, guests } = await reachOf(what);
      return [...own.map(factOf), ...guests];
    },
    async forget(what, { signal }) {
      const { own, guests } = await reachOf(what);
      const ids = own.map(({ id }) => id);
      const named = [...("ids" in what ? what.ids : []), ...guests.map(({ id }) => id)];
      const { gone, losses } = await plan(ids);
      const told = [...new Set([...named, ...gone, ...losses.map(({ source }) => source.id)])];
      for (const layer of beside) await layer.forget(told, { signal });
      const { removed, kept, at } = await apply(
        ids,
        guests.map(({ id }) => id),
        "ids" in what ? {} : what,
      );
      for (const { seq } of removed) shelf.remove(seq);
      for (const row of kept) shelf.replace(shelved(row));
      const forgotten = new Set([...removed, ...guests].map(({ id }) => id));
      const stillFound: Receipt["stillFound"] = [];
      for (const layer of all)
        try {
          // Once more: what was kept or taken in meanwhile is gone as well.
          if (beside.includes(layer)) await layer.forget([...new Set([...told, ...forgotten])], { signal });
          stillFound.push(...(await lookAgain(layer, [...own.map(factOf), ...guests], { forgotten, signal })));
        } catch (error) {
          if (!(error instanceof OperationalError)) throw error;
          stillFound.push({ layer: layer.name, because: messageOf(error) });
        }
      return { at, forgotten: [...forgotten], rewritten: kept.map(({ id }) => id), stillFound };
    },
    wasForgotten: read((id: string) => buried.get(id) !== undefined),
  };
}

/** Facts that are asked for again, in their own words, after they are gone. */
const LOOKED_AGAIN_MAX = 20;

async function lookAgain(
  layer: Layer,
  facts: readonly Fact[],
  { forgotten, signal }: { forgotten: ReadonlySet<string>; signal: AbortSignal },
): Promise<Receipt["stillFound"]> {
  const found: Receipt["stillFound"] = [];
  for (const { text, audience } of facts.slice(0, LOOKED_AGAIN_MAX)) {
    const hits = await layer.search(text, { reader: readerOf(audience), limit: 10, signal });
    const still = hits.filter(({ id }) => forgotten.has(id));
    if (still.length > 0)
      found.push({ layer: layer.name, because: `It still finds ${still.map(({ id }) => id).join(", ")}.` });
  }
  return found;
}

/** A text without these words, the longest first; where one was found, a sign stands. */
function without(text: string, quotes: Loss["quotes"]): string {
  if (quotes === "all") return CUT;
  return quotes.toSorted((a, b) => b.length - a.length).reduce((left, quote) => left.replaceAll(quote, CUT), text);
}
