/**
 * Trains the shield's model and writes shared/security/shield/weights.ts: `node bench/security/train.ts --corpora DIR [--evaluate]`.
 * `--evaluate` trains nothing for the product, but measures what such a model does with rows (five folds) and whole sets
 * (leave one set out) that it has not seen, and writes that to bench/security/unseen.ts.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import {
  createLexicon,
  createModel,
  createShield,
  type Shield,
  spell,
  type Weights,
  wordsIn,
} from "../../shared/security/index.ts";
import { type Corpora, openCorpora } from "./corpora.ts";
import { learn } from "./learn.ts";
import { type Example, lessonsFrom } from "./lessons.ts";

const FOLDS = 5;
/** Words of the lexicon, and how often a word must occur to be in it. */
const WORDS_MAX = 8_000;
const TIMES_MIN = 3;
/** The line is drawn where this share of ordinary text that the model has not seen would be flagged. */
const FALSE_ALARMS = 0.0035;
const UNSEEN = new URL("unseen.ts", import.meta.url);
const OUT = new URL("../../shared/security/shield/weights.ts", import.meta.url);

const { values } = parseArgs({
  options: { corpora: { type: "string" }, evaluate: { type: "boolean", default: false } },
});
if (values.corpora === undefined) {
  console.error("Say where the public sets are: node bench/security/train.ts --corpora DIR");
  process.exit(2);
}
const corpora = openCorpora(values.corpora, "dev");
const examples = lessonsFrom(corpora);
const words = lexiconOf(examples);
const lexicon = createLexicon(words);
const unseen = scoresOfUnseen(corpora);
const line = lineFor(unseen.filter(({ ordinary }) => ordinary).map(({ score }) => score));

if (values.evaluate) {
  const figures = { fiveFolds: print("five folds", unseen), leaveOneSetOut: print("leave one set out", leaveOneOut()) };
  writeFileSync(UNSEEN, unseenFile(figures));
} else {
  const whole = learn(examples);
  const bias = whole.bias - logitOf(line);
  const brotli = pack(Buffer.from(whole.buckets.buffer));
  writeFileSync(OUT, fileOf({ bias, step: whole.step, brotli, lexicon: pack(Buffer.from(words)) }));
  print("five folds", unseen);
  console.log(
    `${examples.length} examples, ${(brotli.length / 1024).toFixed(0)} KiB of weights, line at ${logitOf(line).toFixed(2)}`,
  );
}

type Score = { set: string; score: number; ordinary: boolean; attack: boolean };

/** Each row of the public sets, judged by a shield that has not learnt from it or from the rows of its fold. */
function scoresOfUnseen(from: Corpora): Score[] {
  const folds = Array.from({ length: FOLDS }, (_, fold) =>
    shieldOf(learn(examples.filter(({ id }) => foldOf(id) !== fold))),
  );
  return [...from.names("inj_"), ...from.names("ben_")].flatMap((set) =>
    from.rows(set).map(({ text, id }) => scoreOf(set, text, folds[foldOf(id)] ?? shieldOf(learn(examples)))),
  );
}

/** Every set of attacks, judged by a shield that has seen none of its texts, nor the same text in another set. */
function leaveOneOut(): Score[] {
  return corpora.names("inj_").flatMap((set) => {
    const rows = corpora.rows(set);
    const held = new Set(rows.map(({ text }) => text));
    const shield = shieldOf(learn(examples.filter((example) => example.set !== set && !held.has(example.text))));
    return rows.map(({ text }) => scoreOf(set, text, shield));
  });
}

function shieldOf(weights: Weights): Shield {
  return createShield({ model: createModel(weights), lexicon });
}

function scoreOf(set: string, text: string, shield: Shield): Score {
  return {
    set,
    score: shield(text).score,
    ordinary: set.startsWith("ben_") && set !== "ben_notinject",
    attack: set.startsWith("inj_"),
  };
}

function lineFor(ordinary: readonly number[]): number {
  const sorted = [...ordinary].sort((one, other) => other - one);
  return Math.min(0.999, sorted[Math.floor(sorted.length * FALSE_ALARMS)] ?? 0.5);
}

function logitOf(share: number): number {
  return Math.log(share / (1 - share));
}

function foldOf(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0) % FOLDS;
}

function lexiconOf(from: readonly Example[]): string {
  const counts = new Map<string, number>();
  for (const { text, weight } of from)
    for (const word of new Set(wordsIn(spell(text)))) {
      if (/^\p{Script=Latin}+$|^\p{Script=Cyrillic}+$/u.test(word))
        counts.set(word, (counts.get(word) ?? 0) + Math.min(1, weight));
    }
  return [...counts]
    .filter(([word, times]) => times >= TIMES_MIN && (word.length > 1 || /^[aiиявскоу]$/.test(word)))
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, WORDS_MAX)
    .map(([word]) => word)
    .join(" ");
}

type Figures = { mean: number; perSet: Record<string, number> };

function print(title: string, scores: readonly Score[]): Figures {
  const sets = [...new Set(scores.map(({ set }) => set))].map((set) => {
    const own = scores.filter((score) => score.set === set);
    return {
      set,
      attack: own.some(({ attack }) => attack),
      percent: (100 * own.filter(({ score }) => score >= line).length) / own.length,
    };
  });
  const attacks = sets.filter(({ attack }) => attack);
  const mean = attacks.reduce((sum, { percent }) => sum + percent, 0) / attacks.length;
  console.log(`${title}: mean detection ${mean.toFixed(1)} %`);
  console.log(sets.map(({ set, percent }) => `  ${set.padEnd(28)} ${percent.toFixed(1)}`).join("\n"));
  const round = (number: number) => Math.round(number * 10) / 10;
  return { mean: round(mean), perSet: Object.fromEntries(sets.map(({ set, percent }) => [set, round(percent)])) };
}

function unseenFile(figures: Record<string, Figures>): string {
  return `/** What the shield does with texts that its model has not seen, in percent, as bench/security/train.ts --evaluate wrote it. */\nexport const UNSEEN = ${JSON.stringify(figures)};\n`;
}

function pack(bytes: Buffer): string {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).toString("base64");
}

function fileOf(weights: { bias: number; step: number; brotli: string; lexicon: string }): string {
  return `/** The shield's model and lexicon as bench/security/train.ts wrote them: brotli in base64. Train again, never edit. */\nexport const WEIGHTS = {\n  bias: ${weights.bias},\n  step: ${weights.step},\n  brotli:\n    "${weights.brotli}",\n  lexicon:\n    "${weights.lexicon}",\n};\n`;
}
