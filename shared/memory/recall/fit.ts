/** Recollections as the background of a prompt, within a budget of tokens. */
import { cut, oneLine } from "../../base/index.ts";
import { analyse, STOP_MARK } from "../language/words.ts";
import type { Fact } from "../types.ts";

/** Characters of one recollection in a prompt; a longer text is shown around what was asked. */
const EXCERPT_CHARACTERS_MAX = 400;

/** About how many tokens a text is: four characters of Latin text, two of any other script. */
export function tokensOf(text: string): number {
  if (/^[ -\u024f]*$/u.test(text)) return Math.ceil(text.length / 4);
  let quarters = 0;
  for (const character of text) quarters += character < "\u0250" ? 1 : 2;
  return Math.ceil(quarters / 4);
}

/** `[id, date, who] what`: on one line whatever the text holds, so that no fact can pretend to be another line. */
export function lineOf(fact: Fact, question: string): string {
  const day = new Date(fact.validFrom).toISOString().slice(0, 10);
  const until = fact.validTo === null ? "" : ` until ${new Date(fact.validTo).toISOString().slice(0, 10)}`;
  return `[${fact.id}, ${day}${until}, ${oneLine(fact.source.by)}] ${excerpt(oneLine(fact.text), question)}`;
}

/** The stretch of a long text that has most of the question's words. */
function excerpt(text: string, question: string): string {
  if (text.length <= EXCERPT_CHARACTERS_MAX) return text;
  const wanted = new Set(analyse(question).filter((word) => !word.startsWith(STOP_MARK)));
  const sentences = text.split(/(?<=[.!?…。！？])\s*/u);
  const hits = sentences.map((sentence) => analyse(sentence).filter((word) => wanted.has(word)).length);
  const best = hits.indexOf(Math.max(...hits));
  let [from, to] = [best, best + 1];
  const length = () => sentences.slice(from, to).join(" ").length;
  while (length() < EXCERPT_CHARACTERS_MAX && (from > 0 || to < sentences.length)) {
    if (to < sentences.length) to++;
    if (from > 0 && length() < EXCERPT_CHARACTERS_MAX) from--;
  }
  const shown = cut(sentences.slice(from, to).join(" "), EXCERPT_CHARACTERS_MAX);
  return from > 0 ? `… ${shown}` : shown;
}
