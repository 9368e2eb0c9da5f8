/** What changed between two readings of a page, without what changes by itself. Pure. */

export type Change = { gone: readonly string[]; come: readonly string[] };

/** More lines of a page are not compared; a page of that length is no page to watch. */
const LINES_MAX = 2_000;
const LINE_CHARACTERS_MAX = 300;
/** A line says something from so many letters on. */
const LETTERS_MIN = 3;
/** Numbers of these lines are what the person watches for: prices, shares, versions. */
const NUMBERS_MATTER = /[$€£¥₽₴₹₩₺]|\b(?:USD|EUR|GBP|CHF|JPY|RUB|UAH|IDR)\b|\d\s?%|\bv?\d+\.\d+/u;

/** The lines of a page that can be compared, in its order. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\s+/gu, " ").trim().slice(0, LINE_CHARACTERS_MAX))
    .filter((line) => (line.match(/\p{L}/gu)?.length ?? 0) >= LETTERS_MIN)
    .slice(0, LINES_MAX);
}

/** Lines that are gone and lines that have come. A line that moved, or whose clock or counter ran on, is neither. */
export function changesBetween(before: readonly string[], after: readonly string[]): Change {
  return { gone: without(before, after), come: without(after, before) };
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others.map(sameness));
  return [...new Map(lines.map((line) => [sameness(line), line]))]
    .filter(([key]) => !known.has(key))
    .map(([, line]) => line);
}

/** Equal for lines that say the same: a clock, a date or a counter in it may differ, a price may not. */
function sameness(line: string): string {
  const folded = line.normalize("NFKC").toLowerCase();
  return NUMBERS_MATTER.test(folded.toUpperCase()) ? folded : folded.replace(/\p{N}+/gu, "0");
}
