/** A text as the words that the shield compares: folded, small, whole again where markup or a line end cut them. */
import { fold } from "../fold.ts";

/** What stands inside a word without being of it: empty tags, emphasis, a hyphen at a line end. */
const INSIDE = /(?<=\p{L})(?:<\/?[a-z]{1,10}\s?\/?>|\*{1,3}|~~|-\r?\n)+(?=\p{L})/giu;
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}]+(?:['’][\p{L}]+)?|\p{N}+/gu;
/** Nobody's language has longer words. */
const LETTERS_MAX = 24;

/** The text in one spelling: look-alikes folded, letters small, cut words joined. */
export function spell(text: string): string {
  return fold(text).replace(INSIDE, "").toLowerCase();
}

/** The words of a text that `spell` made. Every number is "0"; scripts without spaces come letter by letter. */
export function wordsIn(spelled: string): string[] {
  return (spelled.match(WORD) ?? []).map((word) => (/^\p{N}/u.test(word) ? "0" : word.slice(0, LETTERS_MAX)));
}

const SENTENCE_END = /\n+|(?<=[.!?…。！？])\s+/;
const SENTENCE_CHARACTERS_MIN = 12;
const SENTENCES_MAX = 400;

/** Lines and sentences of a text, when it has several; very short ones say too little alone. */
export function sentencesIn(text: string): string[] {
  const sentences = text
    .split(SENTENCE_END, SENTENCES_MAX)
    .filter((part) => part.trim().length > SENTENCE_CHARACTERS_MIN);
  return sentences.length > 1 ? sentences : [];
}
