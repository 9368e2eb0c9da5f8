/** What is supposed of a person, with the facts that speak for it and against it. The person may read, write and strike all of it. */
import { type Clock, cut } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { negates } from "./consolidate/steps.ts";
import { analyse, telling } from "./language/words.ts";
import { type FactRow, factOf } from "./layers/fact-rows.ts";
import { tokensOf } from "./recall/fit.ts";
import type { Fact } from "./types.ts";

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
  review(): Promise<{ id: number; because: string }[]>;
  /** What a prompt may be told, the surest first, within 600 tokens. */
  linesFor(person: string): Promise<string[]>;
}

/** Tokens of the model that may reach a prompt. */
const TOKENS_MAX = 600;
/** Telling words of a hypothesis that a fact must have, of all of the hypothesis, to speak about it. */
const ABOUT_SHARE = 0.5;
const CONFIRMED_BY = 3;
const DROPPED_BY = 2;
const TEXT_MAX = 500;

type Row = Pick<Hypothesis, "id" | "person" | "text" | "state" | "by"> & { changed_at: number };

export function createPersonModel(db: Database, { read, write }: Atomic, clock: Clock): PersonModel {
  const all = db.prepare<[], Row>("SELECT * FROM hypotheses ORDER BY id");
  const of = db.prepare<[string], Row>("SELECT * FROM hypotheses WHERE person = ? ORDER BY id");
  const people = db
    .prepare<[], string>(
      "SELECT person FROM hypotheses UNION SELECT subject FROM facts WHERE kind <> 'said' AND origin IN ('owner', 'person')",
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
  const add = db.prepare<[string, string, string, number]>(
    "INSERT INTO hypotheses (person, text, state, by, changed_at) VALUES (?, ?, 'open', ?, ?)",
  );
  const change = db.prepare<[string, string, number, number]>(
    "UPDATE hypotheses SET text = ?, by = ?, state = 'open', changed_at = ? WHERE id = ?",
  );
  const remove = db.prepare<[number]>("DELETE FROM hypotheses WHERE id = ?");
  const clear = db.prepare<[number]>("DELETE FROM evidence WHERE hypothesis = ?");
  const link = db.prepare<[number, number, string]>("INSERT INTO evidence (hypothesis, fact, speaks) VALUES (?, ?, ?)");
  const settle = db.prepare<[string, number, number]>("UPDATE hypotheses SET state = ?, changed_at = ? WHERE id = ?");

  const told = ({ changed_at: changedAt, ...row }: Row): Hypothesis => {
    const [pro, contra] = [evidence.all(row.id, "for"), evidence.all(row.id, "against")];
    const confidence = (pro.length + 1) / (pro.length + contra.length + 2);
    return { ...row, changedAt, for: pro.map(factOf), against: contra.map(factOf), confidence };
  };
  const hypotheses = read((person: string) => of.all(person).map(told));

  return {
    hypotheses,
    people: read(() => people.all()),
    suppose: write(({ person, text, by }) =>
      Number(add.run(person, cut(text, TEXT_MAX), by, clock.now()).lastInsertRowid),
    ),
    edit: write((id, { text, by }) => change.run(cut(text, TEXT_MAX), by, clock.now(), id).changes > 0),
    strike: write((id: number) => remove.run(id).changes > 0),
    review: write(() => {
      const changes: { id: number; because: string }[] = [];
      for (const row of all.all()) {
        const words = new Set(telling(analyse(row.text)));
        clear.run(row.id);
        let [pro, contra] = [0, 0];
        for (const fact of known.all(row.person)) {
          const own = new Set(telling(fact.words.split(" ")));
          const shared = [...words].filter((word) => own.has(word)).length;
          if (words.size === 0 || shared / words.size < ABOUT_SHARE) continue;
          const isFor = negates(fact.text) === negates(row.text) && fact.valid_to === null;
          link.run(row.id, fact.seq, isFor ? "for" : "against");
          if (isFor) pro++;
          else contra++;
        }
        const state = stateOf(row, pro, contra);
        if (state === row.state) continue;
        settle.run(state, clock.now(), row.id);
        changes.push({ id: row.id, because: `${state}: ${pro} facts speak for it, ${contra} against it.` });
      }
      return changes;
    }),
    async linesFor(person) {
      const lines: string[] = [];
      let tokens = 0;
      const kept = (await hypotheses(person)).filter(({ state }) => state !== "dropped");
      for (const { text, state, confidence } of kept.toSorted((a, b) => b.confidence - a.confidence)) {
        const line = `${text} (${state === "confirmed" ? "confirmed" : "supposed"}, ${confidence.toFixed(2)})`;
        if (tokens + tokensOf(line) > TOKENS_MAX) continue;
        tokens += tokensOf(line);
        lines.push(line);
      }
      return lines;
    },
  };
}

/** What the person wrote of themselves is theirs to drop: a review only weakens it. */
function stateOf({ by }: Row, pro: number, contra: number): Hypothesis["state"] {
  if (contra >= DROPPED_BY && contra > pro) return by === "review" ? "dropped" : "open";
  return pro >= CONFIRMED_BY && contra === 0 ? "confirmed" : "open";
}
