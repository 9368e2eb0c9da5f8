/** What is supposed of a person, with the facts that speak for it and against it. The person may read, write and strike all of it. */
import { type Clock, cut, oneLine } from "../base/index.ts";
import type { Model } from "../engine/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { readable } from "./audience.ts";
import { negates } from "./consolidate/alike.ts";
import { analyse, telling } from "./language/words.ts";
import { type FactRow, factOf } from "./layers/fact-rows.ts";
import { tokensOf } from "./recall/fit.ts";
import { type Reflection, reflectOn } from "./reflect.ts";
import type { Audience, Fact, Reader } from "./types.ts";

export type Hypothesis = {
  id: number;
  person: string;
  text: string;
  state: "open" | "confirmed" | "dropped";
  /** `review`, or whoever wrote it. */
  by: string;
  changedAt: number;
  for: Fact[];
  against: Fact[];
  /** 0 to 1: the share of what speaks for it, a half when nothing speaks yet (Laplace). */
  confidence: number;
};

export interface PersonModel {
  hypotheses(person: string): Promise<Hypothesis[]>;
  /** People of whom something is supposed, or known. */
  people(): Promise<string[]>;
  suppose(hypothesis: { person: string; text: string; by: string }): Promise<number>;
  /** Another text, in the words of whoever changes it; false when there is none of this number. */
  edit(id: number, change: { text: string; by: string }): Promise<boolean>;
  /** Strikes it for good; its evidence stays where it was. */
  strike(id: number): Promise<boolean>;
  /** Looks at every fact anew: links evidence, confirms, weakens, drops. Twice in a row changes nothing more. */
  review(): Promise<Change[]>;
  /**
   * A review, and then a model looks at what is new: it cites facts for and against what is supposed, and supposes more.
   * Only facts it was shown count. Without a model it is the review alone; a model that fails is told in `because`.
   */
  reflect(options: { model?: Model | undefined; dryRun?: boolean; signal: AbortSignal }): Promise<Reflection>;
  /**
   * What a prompt may be told of whoever reads the answer, within 600 tokens: suppositions, the surest first, then what was
   * noticed. A supposition that stands on a fact this reader may not see is not among them.
   */
  linesFor(reader: Reader): Promise<{ line: string; from: Fact[] }[]>;
}

/** What a review did to one hypothesis. */
export type Change = { id: number; because: string };

/** Tokens of the model that may reach a prompt. */
const TOKENS_MAX = 600;
/** Telling words of a hypothesis that a fact must have, of all of the hypothesis, to speak about it. */
const ABOUT_SHARE = 0.6;
const CONFIRMED_BY = 3;
const DROPPED_BY = 2;
const TEXT_MAX = 500;
/** Insights that a prompt may be told, the newest. */
const INSIGHTS_MAX = 3;

type Row = Pick<Hypothesis, "id" | "person" | "text" | "state" | "by"> & { changed_at: number; shown: string | null };

export function createPersonModel(db: Database, { read, write }: Atomic, clock: Clock): PersonModel {
  const all = db.prepare<[], Row>("SELECT * FROM hypotheses ORDER BY id");
  const of = db.prepare<[string], Row>("SELECT * FROM hypotheses WHERE person = ? ORDER BY id");
  const people = db
    .prepare<[], string>(
      // From subject to subject along the index: most facts are things said, and none of those is read.
      `WITH RECURSIVE subjects (name) AS (
         SELECT min(subject) FROM facts
         UNION ALL SELECT (SELECT min(subject) FROM facts WHERE subject > name) FROM subjects WHERE name IS NOT NULL
       )
       SELECT person FROM hypotheses
       UNION SELECT name FROM subjects WHERE ${knownOf("<")} OR ${knownOf(">")}`,
    )
    .pluck();
  const evidence = db.prepare<[number, string], FactRow>(
    "SELECT facts.* FROM evidence JOIN facts ON facts.seq = evidence.fact WHERE hypothesis = ? AND speaks = ? ORDER BY seq",
  );
  // A colleague's word, a page or a tool's result is no evidence about a person (I10).
  const known = db.prepare<[string], FactRow>(`
    SELECT * FROM facts WHERE subject = ? AND kind NOT IN ('said', 'insight') AND origin IN ('owner', 'person')
      AND standing IN ('active', 'archived') ORDER BY seq
  `);
  const add = db.prepare<[string, string, string, number, string | null]>(
    "INSERT INTO hypotheses (person, text, state, by, changed_at, shown) VALUES (?, ?, 'open', ?, ?, ?)",
  );
  const look = db.prepare<[string, number]>("INSERT OR REPLACE INTO looked_over (person, fact) VALUES (?, ?)");
  const lookedOver = db.prepare<[string], number>("SELECT fact FROM looked_over WHERE person = ?").pluck();
  const change = db.prepare<[string, string, number, number]>(
    "UPDATE hypotheses SET text = ?, by = ?, state = 'open', changed_at = ?, shown = NULL WHERE id = ?",
  );
  const unlink = db.prepare<[number]>("DELETE FROM evidence WHERE hypothesis = ?");
  const remove = db.prepare<[number]>("DELETE FROM hypotheses WHERE id = ?");
  const clear = db.prepare<[number]>("DELETE FROM evidence WHERE hypothesis = ? AND cited = 0");
  const link = db.prepare<[number, number, string]>(
    "INSERT OR IGNORE INTO evidence (hypothesis, fact, speaks) VALUES (?, ?, ?)",
  );
  const cite = db.prepare<[number, number, string]>(
    "INSERT OR REPLACE INTO evidence (hypothesis, fact, speaks, cited) VALUES (?, ?, ?, 1)",
  );
  const noticed = db.prepare<[string, number], FactRow>(`
    SELECT * FROM facts WHERE kind = 'insight' AND standing = 'active' AND valid_to IS NULL AND subject = ?
    ORDER BY seq DESC LIMIT ?
  `);
  const citedBy = db.prepare<[number], FactRow>(
    "SELECT facts.* FROM derived JOIN facts ON facts.seq = derived.source WHERE derived.fact = ?",
  );
  const settle = db.prepare<[string, number, number]>("UPDATE hypotheses SET state = ?, changed_at = ? WHERE id = ?");

  /** Who may know it: whoever may know all its facts, and all that a model was shown besides. What stands on no fact was written by the person, and is nobody else's. */
  const audiencesBehind = ({ id, person, shown }: Pick<Row, "id" | "person" | "shown">): Audience[] => {
    const facts = [...evidence.all(id, "for"), ...evidence.all(id, "against")].map(({ audience }) => audience);
    const all = [...facts, ...(JSON.parse(shown ?? "[]") as Audience[])];
    return all.length === 0 ? [`person:${person}`] : [...new Set(all)];
  };
  const told = ({ changed_at: changedAt, shown: _, ...row }: Row): Hypothesis => {
    const [pro, contra] = [evidence.all(row.id, "for"), evidence.all(row.id, "against")];
    const confidence = (pro.length + 1) / (pro.length + contra.length + 2);
    return { ...row, changedAt, for: pro.map(factOf), against: contra.map(factOf), confidence };
  };
  const hypotheses = read((person: string) => of.all(person).map(told));
  const review = write(() => {
    const changes: Change[] = [];
    for (const row of all.all()) {
      const words = new Set(telling(analyse(row.text)));
      clear.run(row.id);
      for (const fact of known.all(row.person)) {
        const own = new Set(telling(fact.words.split(" ")));
        const shared = [...words].filter((word) => own.has(word)).length;
        if (words.size === 0 || shared / words.size < ABOUT_SHARE) continue;
        const isFor = negates(fact.text) === negates(row.text) && fact.valid_to === null;
        link.run(row.id, fact.seq, isFor ? "for" : "against");
      }
      const [pro, contra] = [evidence.all(row.id, "for").length, evidence.all(row.id, "against").length];
      const state = stateOf(row, pro, contra);
      if (state === row.state) continue;
      settle.run(state, clock.now(), row.id);
      changes.push({ id: row.id, because: `${state}: ${pro} facts speak for it, ${contra} against it.` });
    }
    return changes;
  });

  return {
    hypotheses,
    people: read(() => people.all()),
    suppose: write(({ person, text, by }) =>
      Number(add.run(person, cut(text, TEXT_MAX), by, clock.now(), null).lastInsertRowid),
    ),
    edit: write((id, { text, by }) => {
      // What spoke for the old words says nothing of the new ones.
      unlink.run(id);
      return change.run(cut(text, TEXT_MAX), by, clock.now(), id).changes > 0;
    }),
    strike: write((id: number) => remove.run(id).changes > 0),
    review,
    reflect: (options) =>
      reflectOn(
        {
          people: read(() => people.all()),
          known: read((person: string) => known.all(person)),
          lookedOver: read((person: string) => lookedOver.get(person) ?? 0),
          supposed: read((person: string) =>
            of.all(person).map((row) => ({ ...row, audiences: audiencesBehind(row) })),
          ),
          review,
          take: write((person, { proposed, weighed, shown, newest }) => {
            look.run(person, newest);
            for (const { id, text, pro, contra } of [...weighed, ...proposed]) {
              const words = [person, cut(text, TEXT_MAX), "review"] as const;
              const hypothesis = id ?? Number(add.run(...words, clock.now(), JSON.stringify(shown)).lastInsertRowid);
              for (const seq of pro) cite.run(hypothesis, seq, "for");
              for (const seq of contra) cite.run(hypothesis, seq, "against");
            }
          }),
        },
        options,
      ),
    linesFor: read((reader: Reader) => {
      const mayRead = readable(reader);
      const supposed = of
        .all(reader.person)
        .filter((row) => audiencesBehind(row).every(mayRead))
        .map(told)
        .filter(({ state }) => state !== "dropped")
        .map((one) => ({ ...one, from: [...one.for, ...one.against] }))
        .toSorted((a, b) => b.confidence - a.confidence)
        .map(({ text, state, confidence, from }) => ({
          line: `${oneLine(text)} (${state === "confirmed" ? "confirmed" : "supposed"}, ${confidence.toFixed(2)})`,
          from,
        }));
      const insights = noticed
        .all(reader.person, INSIGHTS_MAX)
        .filter(({ audience }) => mayRead(audience))
        .map((row) => ({ line: `noticed: ${oneLine(row.text)} [${row.id}]`, from: citedBy.all(row.seq).map(factOf) }));
      return within(TOKENS_MAX, [...supposed, ...insights]);
    }),
  };
}

/** As many lines as fit; a shorter one further down may still fit. */
function within<Told extends { line: string }>(tokensMax: number, lines: readonly Told[]): Told[] {
  let tokens = 0;
  return lines.filter(({ line }) => {
    const own = tokensOf(line);
    if (tokens + own > tokensMax) return false;
    tokens += own;
    return true;
  });
}

/** What the person wrote of themselves is theirs to drop: a review only weakens it. */
function stateOf({ by }: Row, pro: number, contra: number): Hypothesis["state"] {
  if (contra >= DROPPED_BY && contra > pro) return by === "review" ? "dropped" : "open";
  return pro >= CONFIRMED_BY && contra === 0 ? "confirmed" : "open";
}

/** That something is known of a person besides what was said, on one side of `said` in the index: SQLite would not seek for `<>`. */
function knownOf(side: "<" | ">"): string {
  return `EXISTS (SELECT 1 FROM facts INDEXED BY facts_by_subject
    WHERE subject = name AND kind ${side} 'said' AND origin IN ('owner', 'person'))`;
}
