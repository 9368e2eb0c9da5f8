/** Facts that say the same in nearly the same words. */
import { telling } from "../language/words.ts";
import type { FactRow } from "../layers/fact-rows.ts";

/** Shared words, of all words of both, from which two facts of one person say the same. */
const SAME_SHARE = 0.75;
/** Facts that one word in common may have compared, the oldest: a word of more of them tells nothing about any. */
const COMPARED_MAX = 200;

const negation =
  /\b(?:not|no|never|cannot)\b|n['’]t\b|(?<!\p{L})(?:не|нет|никогда|ни)(?!\p{L})|\b(?:nicht|kein\w*|nie)\b/iu;

/** Whether a sentence says that something is not so. */
export function negates(text: string): boolean {
  return negation.test(text);
}

/** Whether two facts say the same in the very same telling words. */
export function saysSame(one: FactRow, other: FactRow): boolean {
  return tellingOf(one) === tellingOf(other) && tellsOf(one) === tellsOf(other);
}

/**
 * Facts that were kept, to be asked for the first that says nearly the same as another one. `all` are those that will be
 * asked for. Two texts that share so many words share one of the rarest few of each (prefix filtering, Chaudhuri et al.,
 * ICDE 2006), so that the others are never compared: very many facts cost little more than reading them.
 */
export function createAlike(all: readonly FactRow[]) {
  const facts = new Map<string, number>();
  for (const row of all) for (const word of wordsOf(row)) facts.set(word, (facts.get(word) ?? 0) + 1);
  const rarity = (a: string, b: string) => (facts.get(a) ?? 0) - (facts.get(b) ?? 0) || (a < b ? -1 : 1);
  const kept: { row: FactRow; words: ReadonlySet<string> }[] = [];
  const places = new Map<string, number[]>();
  /** By what nothing like it may lack: one of its rarest words, and what tells it apart. */
  const marksOf = (row: FactRow) => {
    const words = [...wordsOf(row)].sort(rarity);
    const tells = tellsOf(row);
    return words.slice(0, words.length - Math.ceil(SAME_SHARE * words.length) + 1).map((word) => `${word} ${tells}`);
  };
  return {
    keep(row: FactRow): void {
      const place = kept.push({ row, words: wordsOf(row) }) - 1;
      for (const mark of marksOf(row)) {
        const known = places.get(mark);
        if (known === undefined) places.set(mark, [place]);
        else if (known.length < COMPARED_MAX) known.push(place);
      }
    },
    firstLike(row: FactRow): FactRow | undefined {
      const words = wordsOf(row);
      const likely = new Set(marksOf(row).flatMap((mark) => places.get(mark) ?? []));
      return [...likely]
        .sort((a, b) => a - b)
        .flatMap((place) => kept[place] ?? [])
        .find((one) => shareOf(one.words, words) >= SAME_SHARE)?.row;
    },
  };
}

function tellingOf({ words }: FactRow): string {
  return [...new Set(telling(words.split(" ")))].sort().join(" ");
}

function wordsOf({ words }: FactRow): ReadonlySet<string> {
  return new Set(words.split(" "));
}

function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return shared / (a.size + b.size - shared);
}

/** Two sentences alike but for a number, or for a "not", are two facts. */
function tellsOf({ text }: FactRow): string {
  return `${(text.match(/\d+/g) ?? []).join(" ")} ${negates(text)}`;
}
