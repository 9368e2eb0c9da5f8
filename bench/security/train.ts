/**
 * Trains the shield's model: `node bench/security/train.ts --corpora DIR` writes shared/security/shield/weights.ts, and beside
 * them to bench/security/unseen.ts what such a model does with rows and with whole sets that it has not seen.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { createLexicon, spell, wordsIn } from "../../shared/security/index.ts";
import { openCorpora } from "./corpora.ts";
import { learn } from "./learn.ts";
import { type Example, lessonsFrom } from "./lessons.ts";
import { judgeInFolds, judgeLeftOut, testRows, type Unseen } from "./unseen-rows.ts";

/** Words of the lexicon, and how often a word must occur to be in it. */
const WORDS_MAX = 8_000;
const TIMES_MIN = 3;
/** The line is drawn where no more ordinary texts would be flagged: of sets it knows, and of sets that were left out. */
const FALSE_ALARMS = { fiveFolds: 0.0035, leaveOneSetOut: 0.004 };
const UNSEEN = new URL("unseen.ts", import.meta.url);
const OUT = new URL("../../shared/security/shield/weights.ts", import.meta.url);

const { values } = parseArgs({ options: { corpora: { type: "string" } } });
if (values.corpora === undefined) {
  console.error("Say where the public sets are: node bench/security/train.ts --corpora DIR");
  process.exit(2);
}
const corpora = openCorpora(values.corpora, "dev");
const examples = lessonsFrom(corpora);
const words = lexiconOf(examples);
const rows = testRows(corpora, createLexicon(words));
const fiveFolds = judgeInFolds(rows, examples);
const leaveOneSetOut = judgeLeftOut(rows, examples);
const line = Math.max(lineFor(fiveFolds, FALSE_ALARMS.fiveFolds), lineFor(leaveOneSetOut, FALSE_ALARMS.leaveOneSetOut));
const figures = { fiveFolds: figuresOf(fiveFolds), leaveOneSetOut: figuresOf(leaveOneSetOut) };
writeFileSync(
  UNSEEN,
  `/** What the shield does with texts that its model has not seen, in percent, as bench/security/train.ts wrote it. */\nexport const UNSEEN = ${JSON.stringify(figures)};\n`,
);

const whole = learn(examples);
const brotli = pack(Buffer.from(whole.buckets.buffer));
writeFileSync(OUT, fileOf({ bias: whole.bias - line, step: whole.step, brotli, lexicon: pack(Buffer.from(words)) }));
console.log(JSON.stringify(figures, undefined, 2));
console.log(
  `${examples.length} examples, ${(brotli.length / 1024).toFixed(0)} KiB of weights, line at ${line.toFixed(2)}`,
);

function lineFor(judged: readonly Unseen[], falseAlarms: number): number {
  const margins = judged.filter(({ ordinary }) => ordinary).map(({ margin }) => margin);
  return margins.sort((one, other) => other - one)[Math.floor(margins.length * falseAlarms)] ?? 0;
}

function figuresOf(judged: readonly Unseen[]) {
  const share = (of: readonly Unseen[]) =>
    Math.round((1_000 * of.filter(({ margin }) => margin > line).length) / of.length) / 10;
  const sets = [...new Set(judged.map(({ set }) => set))];
  const perSet = Object.fromEntries(sets.map((set) => [set, share(judged.filter((row) => row.set === set))]));
  const attacks = sets.filter((set) => judged.some((row) => row.set === set && row.attack));
  const mean = attacks.reduce((sum, set) => sum + (perSet[set] ?? 0), 0) / attacks.length;
  const ordinary = judged.filter((row) => row.ordinary);
  const alarms = ordinary.filter(({ margin }) => margin > line).length;
  return {
    mean: Math.round(mean * 10) / 10,
    falseAlarms: Math.round((10_000 * alarms) / ordinary.length) / 100,
    perSet,
  };
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

function pack(bytes: Buffer): string {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).toString("base64");
}

function fileOf(weights: { bias: number; step: number; brotli: string; lexicon: string }): string {
  return `/** The shield's model and lexicon as bench/security/train.ts wrote them: brotli in base64. Train again, never edit. */\nexport const WEIGHTS = {\n  bias: ${weights.bias},\n  step: ${weights.step},\n  brotli:\n    "${weights.brotli}",\n  lexicon:\n    "${weights.lexicon}",\n};\n`;
}
