/** Text laid out for a terminal: widths, wrapping, tables, and figures as people read them. */
import { stripVTControlCharacters } from "node:util";

export { duration, listed, usd } from "../../shared/base/index.ts";

const WIDTH_DEFAULT = 80;
/** Longer lines are hard to read, however wide the window is. */
const WIDTH_MAX = 100;

/** Columns that a line may have. */
export function widthOf(stream: NodeJS.WritableStream): number {
  const { columns } = stream as { columns?: number };
  return Math.max(40, Math.min(WIDTH_MAX, columns ?? WIDTH_DEFAULT));
}

/** Columns that this text takes: colours take none, wide characters take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

const graphemes = new Intl.Segmenter();
const WIDE =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/**
 * The text in lines of at most `width` columns, each after `indent`; line breaks of the text stay, and what a no-break
 * space joins stays together. The first line begins with `first`.
 */
export function wrap(
  text: string,
  { width, indent = "", first = indent }: { width: number; indent?: string; first?: string },
): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const next = () => {
    lines.push(line.trimEnd());
    line = indent;
    empty = true;
  };
  for (const [index, paragraph] of text.split("\n").entries()) {
    if (index > 0) next();
    for (const word of paragraph.split(/[ \t\r]+/u)) {
      if (word === "") continue;
      if (!empty && columnsOf(line) + 1 + columnsOf(word) > width) next();
      line += empty ? word : ` ${word}`;
      empty = false;
    }
  }
  next();
  return lines.join("\n").replaceAll(NO_BREAK, " ");
}

const NO_BREAK = "\u00a0";

/** These words, which a line break must not part. */
export function together(text: string): string {
  return text.replaceAll(" ", NO_BREAK);
}

/** Rows under each other, columns two spaces apart; `right` names the columns of numbers. The last column is not padded. */
export function table(
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, columnsOf(cell));
  return rows
    .map((row) =>
      row
        .map((cell, at) => {
          const gap = " ".repeat((widths[at] ?? 0) - columnsOf(cell));
          return right.includes(at) ? gap + cell : cell + gap;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** "812 B", "3.4 KiB", "38 MiB". */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let amount = count;
  while (amount >= 1_024 && unit < units.length - 1) {
    amount /= 1_024;
    unit++;
  }
  return `${unit === 0 || amount >= 10 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** "14:03:07", in the machine's own time zone. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** "2026-03-01", in the machine's own time zone. */
export function localDay(at: number): string {
  return dayAndTime(at).slice(0, 10);
}

/** "2026-03-01 14:03", in the machine's own time zone. */
export function dayAndTime(at: number): string {
  return new Date(at).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
}
