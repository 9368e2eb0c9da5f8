/** Which of its three languages the offline model answers in, and how it tells what a text is about. */
import { wordsOf } from "../../base/index.ts";
import { acknowledgements, besideGreetings, common, english, german, greetings } from "./vocabulary.ts";

export type Language = "en" | "ru" | "de";

/** By script, else by small words and umlauts; English when nothing tells. */
export function languageOf(text: string): Language {
  if (/\p{Script=Cyrillic}/u.test(text)) return "ru";
  const said = wordsOf(text);
  const count = (list: ReadonlySet<string>) => said.filter((word) => list.has(word)).length;
  const umlaut = /[äöüß]/i.test(text) ? 1 : 0;
  return count(german) + umlaut > count(english) ? "de" : "en";
}

/** The words that say what a text is about, each once, with ё as е. */
export function topicWords(text: string): string[] {
  const topics = plainWords(text).filter((word) => word.length > 1 && !common.has(word) && !/^\d+$/.test(word));
  return [...new Set(topics)];
}

/**
 * Whether two words are forms of one, by their common beginning: ошибка and ошибок, analyse and analytics, Daten and
 * Datenbank. A rule of thumb: it takes "planet" for a form of "plan", and never sees that "went" is one of "go".
 */
export function akin(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const cyrillic = /\p{Script=Cyrillic}/u.test(long);
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared += 1;
  const shortEnding = short.length - shared;
  const longEnding = long.length - shared;
  if (shortEnding === 0 && shared >= 4) return longEnding <= 8;
  if (shortEnding === 0 && shared === 3) return longEnding <= (cyrillic ? 2 : 1);
  // Russian changes the last letters of a word where English only adds some.
  if (cyrillic) return shared >= 3 && shortEnding <= 2 && longEnding <= 3;
  return shared >= 4 && longEnding <= 4 && shared >= longEnding && shortEnding < shared;
}

/** "ok", "thanks, got it", "👍": nothing that asks for an answer. */
export function isAcknowledgement(text: string): boolean {
  const said = plainWords(text);
  return !text.includes("?") && said.length <= 4 && said.every((word) => acknowledgements.has(word));
}

/** A message that greets and says nothing else. */
export function isGreeting(text: string): boolean {
  const said = plainWords(text);
  const opens = said.some((word) => greetings.has(word)) || /^(good|guten|добр)\S* \S/u.test(said.join(" "));
  const others = said.filter((word) => !greetings.has(word) && !besideGreetings.has(word));
  // One word more is a name.
  return opens && said.length <= 6 && others.length <= 1;
}

function plainWords(text: string): string[] {
  return wordsOf(text).map((word) => word.replaceAll("ё", "е"));
}
