/** The words that people use most, to tell whether a decoded text says something, and to find the words in a row of letters. */

export type Lexicon = {
  has(word: string): boolean;
  /** The share of the text's words that are known, between 0 and 1; 0 for a text with hardly any. */
  share(text: string): number;
  /** The most likely words of a text that lost its spaces. */
  segment(letters: string): string;
  /** The known word that has these first and last letters and the others in any order. */
  unscramble(word: string): string | undefined;
};

const WORDS_MIN = 3;
const LETTERS_MAX = 16;
/** What a letter that fits no word costs; a known word costs the logarithm of its rank. */
const STRAY_COST = 11;
/** Longer rows of letters are cut, for finding words takes some time. */
const ROW_MAX = 4_000;

/** `words` stand in order of their frequency, separated by spaces. */
export function createLexicon(words: string): Lexicon {
  const ranks = new Map(words.split(" ").map((word, rank) => [word, Math.log(rank + 2) + 1]));
  const scrambles = new Map([...ranks.keys()].reverse().map((word) => [scrambleOf(word), word]));
  return {
    has: (word) => ranks.has(word),
    share: (text) => {
      const all = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
      return all.length < WORDS_MIN ? 0 : all.filter((word) => ranks.has(word)).length / all.length;
    },
    segment: (letters) => segment(letters.slice(0, ROW_MAX), ranks),
    unscramble: (word) => (word.length < 4 || ranks.has(word) ? undefined : scrambles.get(scrambleOf(word))),
  };
}

/** The cheapest way to read a row of letters as words (Viterbi). */
function segment(letters: string, ranks: ReadonlyMap<string, number>): string {
  const best = [{ cost: 0, from: 0 }];
  for (let to = 1; to <= letters.length; to++) {
    let cheapest = { cost: (best[to - 1]?.cost ?? 0) + STRAY_COST, from: to - 1 };
    for (let from = Math.max(0, to - LETTERS_MAX); from < to; from++) {
      const cost = (best[from]?.cost ?? 0) + (ranks.get(letters.slice(from, to)) ?? Number.POSITIVE_INFINITY);
      if (cost < cheapest.cost) cheapest = { cost, from };
    }
    best.push(cheapest);
  }
  const words: string[] = [];
  for (let to = letters.length; to > 0; to = best[to]?.from ?? 0) words.unshift(letters.slice(best[to]?.from, to));
  return words.join(" ");
}

function scrambleOf(word: string): string {
  return word[0] + [...word.slice(1, -1)].sort().join("") + word.at(-1);
}
