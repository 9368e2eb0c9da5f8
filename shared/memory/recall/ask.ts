/** A question as recall reads it: the words that tell, the people it names, the times it speaks of. */
import { gramsOf } from "../embed/grams.ts";
import { type Span, timesIn } from "../language/times.ts";
import { analyse, STOP_MARK, wordsIn } from "../language/words.ts";
import type { Shelf } from "./shelf.ts";
import { namesIn } from "./shelf.ts";

export type Ask = {
  /** Telling words by their number on the shelf, with how rare they are; names of speakers are not among them. */
  terms: ReadonlyMap<number, number>;
  /** The same terms in the order of the question. */
  order: readonly number[];
  /** The sum of all rarities, of words that no fact has too: what a fact with every word would earn. */
  total: number;
  /** Speakers that the question names, as single lower-case words. */
  names: ReadonlySet<string>;
  /** How much each part of a word (hashed n-gram) weighs in the question, and the length of that vector. */
  grams: ReadonlyMap<number, number>;
  gramLength: number;
  /** It asks for a time. */
  isWhen: boolean;
  spans: readonly Span[];
};

const when =
  /\bwhen\b|\b(?:what|which) (?:day|date|month|year|time)\b|\bhow long\b|когда|как давно|в каком (?:году|месяце)|какого числа|\bwann\b|seit wann/iu;

/** `now` is when the question was asked: "last week" is seen from there. */
export function readAsk(question: string, { shelf, now }: { shelf: Shelf; now: number }): Ask {
  const { vocabulary } = shelf;
  const raw = wordsIn(question);
  const stems = analyse(question);
  const names = new Set(raw.filter((word) => shelf.speaks(word)));
  const grams = new Map<number, number>();
  const terms = new Map<number, number>();
  const order: number[] = [];
  const unknown = new Set<string>();
  let unknownTotal = 0;
  const telling = stems.filter((word, i) => !word.startsWith(STOP_MARK) && !names.has(raw[i] ?? ""));
  for (const word of telling.length > 0 ? telling : stems) {
    const number = vocabulary.numberOf(word);
    const rarity = vocabulary.rarity(number);
    if (number >= 0) {
      terms.set(number, rarity);
      order.push(number);
    } else if (!unknown.has(word)) {
      unknown.add(word);
      unknownTotal += rarity;
    }
  }
  for (const word of stems) {
    const rarity = vocabulary.rarity(vocabulary.numberOf(word));
    const bare = word.startsWith(STOP_MARK) ? word.slice(1) : word;
    for (const gram of gramsOf(bare)) grams.set(gram, (grams.get(gram) ?? 0) + rarity);
  }
  let square = 0;
  for (const weight of grams.values()) square += weight * weight;
  let total = unknownTotal;
  for (const rarity of terms.values()) total += rarity;
  return {
    terms,
    order,
    total: total || 1,
    names,
    grams,
    gramLength: Math.sqrt(square) || 1,
    isWhen: when.test(question),
    spans: timesIn(question, now),
  };
}

/** Whether somebody of this name is named by the question. */
export function isNamed(by: string, { names }: Ask): boolean {
  return names.size > 0 && namesIn(by).some((name) => names.has(name));
}
