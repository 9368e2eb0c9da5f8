/** Text to the words that memory compares: folded, without stop words, as stems; Chinese and its kin as pairs of characters. */
import { irregular } from "./irregular.ts";
import { stemEnglish } from "./stem-english.ts";
import { stemGerman } from "./stem-german.ts";
import { stemRussian } from "./stem-russian.ts";
import { stopWords } from "./stop-words.ts";

/** Words of one text that are looked at: the rest of a very long one adds nothing that the first part did not say. */
export const WORDS_MAX = 4_000;
/** Characters of one word: what is longer is data (a hash, base64), found by its beginning. */
const WORD_CHARACTERS_MAX = 40;

const cyrillic = /\p{Script=Cyrillic}/u;
/** Scripts that put no spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Lower case, compatibility forms unified, accents off, ё as е, й kept. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\u0438\u0306/g, "й")
    .replace(/\p{M}+/gu, "")
    .replace(/ß/g, "ss");
}

/** The words of a text in order, folded but whole, stop words included. Emoji count as words. */
export function wordsIn(text: string): string[] {
  const words: string[] = [];
  const pieces = fold(text).matchAll(/[\p{L}\p{N}]+|\p{Extended_Pictographic}/gu);
  for (const [piece] of pieces) {
    if (words.length >= WORDS_MAX) break;
    if (unspaced.test(piece)) words.push(...pairsOf(piece));
    else words.push(piece.slice(0, WORD_CHARACTERS_MAX));
  }
  return words;
}

/** Put before a stem whose word is a stop word. */
export const STOP_MARK = "-";

/**
 * The words of a text in order as stems, stop words marked with a leading "-". A text of stop words alone has none
 * marked: it has nothing else to be found by.
 */
export function analyse(text: string): string[] {
  const words = wordsIn(text);
  const isGerman = speaksGerman(words);
  const isStop = words.map((word) => isStopWord(word, isGerman));
  const onlyStops = isStop.every(Boolean);
  return words.map((word, i) => (isStop[i] && !onlyStops ? STOP_MARK : "") + stem(sides.get(word) ?? word, isGerman));
}

/** Who asks "what do you like?" is answered by "I like …": the two sides of a talk are one word here. */
const sides: ReadonlyMap<string, string> = new Map(
  [
    "i you ich du sie я ты вы",
    "me mich dich меня тебя вас",
    "mir dir мне тебе вам",
    "my your mein dein мой твой ваш",
    "mine yours meine deine моя твоя ваша",
    "myself yourself",
  ].flatMap((row) => row.split(" ").map((word): [string, string] => [word, row.split(" ")[0] ?? word])),
);

/** The stems that tell something, in order. */
export function telling(analysed: readonly string[]): string[] {
  return analysed.filter((word) => !word.startsWith(STOP_MARK));
}

function stem(word: string, isGerman: boolean): string {
  if (cyrillic.test(word)) return stemRussian(word);
  if (!/^[a-z]+$/.test(word)) return word;
  return isGerman ? stemGerman(word) : stemEnglish(irregular.get(word) ?? word);
}

function isStopWord(word: string, isGerman: boolean): boolean {
  return stopWords.russian.has(word) || (isGerman ? stopWords.german : stopWords.english).has(word);
}

/** Latin text is English unless its small words are German ones. */
function speaksGerman(words: readonly string[]): boolean {
  let german = 0;
  let english = 0;
  for (const word of words.slice(0, 200)) {
    if (stopWords.german.has(word)) german++;
    if (stopWords.english.has(word)) english++;
  }
  return german > english;
}

/** 记忆系统 → 记忆 忆系 系统. A single character stays alone. */
function pairsOf(piece: string): string[] {
  const characters = [...piece];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, i) => `${characters[i]}${character}`);
}
