/** The input shield: how much a text is like an attempt to take over an agent, in whatever disguise. A tripwire, not a wall. */
import { createLexicon, type Lexicon } from "./lexicon.ts";
import { createModel, type Model, readLexicon } from "./model.ts";
import { families } from "./signs/index.ts";
import { type View, viewsOf } from "./views.ts";
import { sentencesIn, spell, wordsIn } from "./words.ts";

/** Scores from here on are told to people, who may let the text pass. */
export const FLAG_FROM = 0.5;
/** Scores from here on stop a stranger's text. */
export const BLOCK_FROM = 0.8;

/** What a sentence must be worse by than a whole text, in logits: short texts are easily misread. */
const SENTENCE_MARGIN = 1.4;
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
    const whole = shorten(text);
    const views: View[] = [{ how: "", text: whole }, ...viewsOf(whole, lexicon)];
    const looks = views.map((view) => ({ ...look(view.text, model), how: view.how }));
    return tell(looks.reduce((one, other) => (other.score > one.score ? other : one)));
  };
}

type Look = { score: number; signs: string[] };

function look(text: string, model: Model): Look {
  const looks = piecesOf(text).map((piece) => lookAtPiece(spell(piece), model));
  return looks.reduce((one, other) => (other.score > one.score ? other : one), { score: 0, signs: [] });
}

/** Every sign and the model speak for themselves: what one leaves open, another may close. */
function lookAtPiece(spelled: string, model: Model): Look {
  const flat = spelled.replace(/[\s_]+/g, " ").replace(/,/g, "");
  const likely = families.filter(({ needs }) => needs.test(spelled)).flatMap(({ signs }) => signs);
  const found = likely.filter(({ pattern }) => pattern.test(spelled) || (flat !== spelled && pattern.test(flat)));
  const logit = Math.max(
    model(wordsIn(spelled)),
    ...sentencesIn(spelled).map((sentence) => model(wordsIn(sentence)) - SENTENCE_MARGIN),
  );
  const likeness = 1 / (1 + Math.exp(-logit));
  const doubt = found.reduce((left, { weight }) => left * (1 - weight), 1 - likeness);
  return { score: 1 - doubt, signs: [...found.map(({ name }) => name), ...(likeness >= FLAG_FROM ? ["model"] : [])] };
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
