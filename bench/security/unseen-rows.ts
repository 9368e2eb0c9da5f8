/** How the shield judges texts that its model has not learnt from: in five folds, and with whole sets left out. */
import {
  createModel,
  doubtAfter,
  type Lexicon,
  logitOf,
  type Model,
  type Reading,
  readingsOf,
} from "../../shared/security/index.ts";
import { copiesOf, rowsOf } from "./copies.ts";
import type { Corpora } from "./corpora.ts";
import { learn } from "./learn.ts";
import type { Example } from "./lessons.ts";

const FOLDS = 5;
/** Made of words that attacks are made of; no ordinary text. */
const LOOK_ALIKES = "ben_notinject";

export type TestRow = {
  set: string;
  id: string;
  attack: boolean;
  ordinary: boolean;
  readings: Reading[];
  rows: Set<number>;
};

/** `margin`: the model's line up to which this row is flagged, in logits. */
export type Unseen = Pick<TestRow, "set" | "attack" | "ordinary"> & { margin: number };

/** Every row of the sets of attacks and of ordinary texts, read as the shield reads it. */
export function testRows(corpora: Corpora, lexicon: Lexicon): TestRow[] {
  return [...corpora.names("inj_"), ...corpora.names("ben_")].flatMap((set) =>
    corpora.rows(set).map(({ text, id }) => {
      const readings = readingsOf(text, lexicon);
      return {
        set,
        id,
        attack: set.startsWith("inj_"),
        ordinary: set.startsWith("ben_") && set !== LOOK_ALIKES,
        readings,
        rows: new Set(readings.flatMap(({ words }) => [...rowsOf(words)])),
      };
    }),
  );
}

/** Each row, judged without the rows of its fold: texts it has not seen, of sets it knows. */
export function judgeInFolds(rows: readonly TestRow[], examples: readonly Example[]): Unseen[] {
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const model = createModel(learn(examples.filter(({ id }) => foldOf(id) !== fold)));
    return rows.filter(({ id }) => foldOf(id) === fold).map((row) => judge(row, model));
  });
}

/** Each set, judged without any of its texts, what was made of them, and what nearly stands in them or they in it. */
export function judgeLeftOut(rows: readonly TestRow[], examples: readonly Example[]): Unseen[] {
  return [...new Set(rows.map(({ set }) => set))].flatMap((set) => {
    const held = rows.filter((row) => row.set === set);
    const isCopy = copiesOf(held.map((row) => row.rows));
    const model = createModel(learn(examples.filter((example) => example.from !== set && !isCopy(example.rows))));
    return held.map((row) => judge(row, model));
  });
}

/**
 * Flagged is what signs and model together leave at most half a doubt about. So each reading has a likeness from which on
 * it is flagged, none where the signs suffice; the row's margin is the best of what its readings have beyond it.
 */
function judge({ set, attack, ordinary, readings }: TestRow, model: Model): Unseen {
  const margins = readings.map((reading) => {
    const doubt = doubtAfter(reading.signs);
    return doubt <= 0.5 ? Number.POSITIVE_INFINITY : logitOf(reading, model) - Math.log(2 * doubt - 1);
  });
  return { set, attack, ordinary, margin: Math.max(...margins) };
}

function foldOf(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0) % FOLDS;
}
