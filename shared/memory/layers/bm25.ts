/** How well a fact fits the words of a question: BM25, from the words that stand on the shelf. */
import type { Shelf } from "../recall/shelf.ts";

/** A word of the question, by its number on the shelf, and how many facts have it. */
export type Term = { word: string; number: number; facts: number };

/** The usual constants, those of SQLite's own bm25(): Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009. */
const K1 = 1.2;
const B = 0.75;
/** What a word that most facts have is worth at least. */
const IDF_MIN = 1e-6;

/** Scores one fact after the other for the same words; above 0 for each that has any of them. */
export function createBm25(terms: readonly Term[], shelf: Shelf): (seq: number) => number {
  const words = shelf.words();
  const mean = shelf.meanTelling() || 1;
  const numbers = Int32Array.from(terms, ({ number }) => number);
  const idfs = Float64Array.from(terms, ({ facts }) =>
    Math.max(IDF_MIN, Math.log((shelf.size - facts + 0.5) / (facts + 0.5))),
  );
  return (seq) => {
    const { start, length, telling } = shelf.wordsOf(seq);
    const saturation = K1 * (1 - B + (B * telling) / mean);
    let score = 0;
    for (let i = 0; i < numbers.length; i++) {
      let times = 0;
      for (let place = start; place < start + length; place++) if (words[place] === numbers[i]) times++;
      score += ((idfs[i] ?? 0) * times * (K1 + 1)) / (times + saturation);
    }
    return score;
  };
}
