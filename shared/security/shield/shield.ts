/** The input shield: how much a text is like an attempt to take over an agent, in whatever disguise. A tripwire, not a wall. */
import { createLexicon, type Lexicon } from "./lexicon.ts";
import { createModel, type Model, readLexicon } from "./model.ts";
import type { Sign } from "./sign.ts";
import { families } from "./signs/index.ts";
import { type View, viewsOf } from "./views.ts";
import { sentencesIn, spell, wordsIn } from "./words.ts";

/** Scores from here on are told to people, who may let the text pass. */
export const FLAG_FROM = 0.5;
/** Scores from here on stop a stranger's text. */
export const BLOCK_FROM = 0.8;

/** What a sentence must be worse by than a whole text, in logits: short texts are easily misread. */
const SENTENCE_MARGIN = 0.7;
/** Texts are read in pieces of this length, so that a little poison in much water is still poison. */
const PIECE_CHARACTERS = 8_000;
/** What is longer is read at its beginning and at its end. */
const TEXT_CHARACTERS_MAX = 400_000;

export type Verdict = {
  verdict: "clean" | "flagged" | "blocked";
  /** Between 0 and 1. */
  score: number;
  /** Names of the signs that were found; "model" where the words alone are like those of attacks. */
  signs: string[];
  /** A sentence for a person. */
  because: string;
};

/** Judges a text. Never throws; time grows with the text's length. */
export type Shield = (text: string) => Verdict;

export type ShieldParts = { model?: Model; lexicon?: Lexicon };

/** A shield with the model that is in the repository. Reading it takes some milliseconds, so make one for a process. */
export function createShield({
  model = createModel(),
  lexicon = createLexicon(readLexicon()),
}: ShieldParts = {}): Shield {
  return (text) => {
    const looks = readingsOf(text, lexicon).map((reading) => ({ ...look(reading, model), how: reading.how }));
    return tell(looks.reduce((one, other) => (other.score > one.score ? other : one)));
  };
}

/** One piece of a text, read in one of the ways in which it can be meant, before the model has seen it. */
export type Reading = {
  /** What had to be undone; empty for the text as it stands. */
  how: string;
  signs: Sign[];
  words: string[];
  sentences: string[][];
};

/** Every reading of a text, at least one. */
export function readingsOf(text: string, lexicon: Lexicon): Reading[] {
  const whole = shorten(text);
  const views: View[] = [{ how: "", text: whole }, ...viewsOf(whole, lexicon)];
  return views.flatMap((view) => piecesOf(view.text).map((piece) => readPiece(view.how, spell(piece))));
}

function readPiece(how: string, spelled: string): Reading {
  const flat = spelled.replace(/[\s_]+/g, " ").replace(/,/g, "");
  const likely = families.filter(({ needs }) => needs.test(spelled)).flatMap(({ signs }) => signs);
  return {
    how,
    signs: likely.filter(({ pattern }) => pattern.test(spelled) || (flat !== spelled && pattern.test(flat))),
    words: wordsIn(spelled),
    sentences: sentencesIn(spelled).map(wordsIn),
  };
}

/** How far the words alone are on the attack's side, in logits. */
export function logitOf({ words, sentences }: Reading, model: Model): number {
  return Math.max(model(words), ...sentences.map((sentence) => model(sentence) - SENTENCE_MARGIN));
}

/** The share of doubt that the signs alone leave. */
export function doubtAfter(signs: readonly Sign[]): number {
  return signs.reduce((left, { weight }) => left * (1 - weight), 1);
}

type Look = { score: number; signs: string[] };

/** Every sign and the model speak for themselves: what one leaves open, another may close. */
function look(reading: Reading, model: Model): Look {
  const likeness = 1 / (1 + Math.exp(-logitOf(reading, model)));
  const names = reading.signs.map(({ name }) => name);
  return {
    score: 1 - doubtAfter(reading.signs) * (1 - likeness),
    signs: likeness >= FLAG_FROM ? [...names, "model"] : names,
  };
}

function tell({ score, signs: found, how }: Look & { how: string }): Verdict {
  const verdict = score >= BLOCK_FROM ? "blocked" : score >= FLAG_FROM ? "flagged" : "clean";
  const rounded = Math.round(score * 1_000) / 1_000;
  if (verdict === "clean")
    return { verdict, score: rounded, signs: found, because: "nothing in it looks like an attempt to give orders" };
  const hidden = how === "" ? "" : ` once its ${how} ${how.endsWith("s") ? "are" : "is"} undone`;
  return {
    verdict,
    score: rounded,
    signs: found,
    because: `it reads like an attempt to take over the agent${hidden} (${found.join(", ") || "several weak signs"})`,
  };
}

function shorten(text: string): string {
  if (text.length <= TEXT_CHARACTERS_MAX) return text;
  return `${text.slice(0, TEXT_CHARACTERS_MAX / 2)}\n${text.slice(-TEXT_CHARACTERS_MAX / 2)}`;
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from === 0 || from < text.length; from += PIECE_CHARACTERS)
    pieces.push(text.slice(from, from + PIECE_CHARACTERS));
  return pieces;
}
