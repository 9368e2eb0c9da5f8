/** What a model is always told of its skills: a name and a line each, within a budget; what does not fit is named. */
import { cut, oneLine } from "../base/index.ts";

/** Tokens of one skill's line, its name included. */
export const LINE_TOKENS_MAX = 50;
/** Tokens of all lines together: some forty skills. */
export const CATALOGUE_TOKENS_MAX = 1_600;
const WITHHELD_NAMED_MAX = 60;

export type Catalogue = {
  /** For the end of a system prompt; empty without skills. The same skills give the same bytes. */
  text: string;
  shown: readonly { name: string; tokens: number }[];
  /** Names of skills whose line did not fit. They load all the same. */
  withheld: readonly string[];
  tokens: number;
};

/** `ranked` has the most relevant first: the last ones are withheld when the budget is too small. Lines come sorted by name. */
export function catalogueOf(
  ranked: readonly { name: string; description: string }[],
  { tokensMax = CATALOGUE_TOKENS_MAX }: { tokensMax?: number } = {},
): Catalogue {
  const lines: { name: string; line: string; tokens: number }[] = [];
  const withheld: string[] = [];
  let tokens = 0;
  for (const { name, description } of ranked) {
    const line = lineOf(name, description);
    const size = tokensIn(line);
    if (withheld.length > 0 || tokens + size > tokensMax) withheld.push(name);
    else {
      tokens += size;
      lines.push({ name, line, tokens: size });
    }
  }
  const sorted = lines.toSorted((a, b) => compare(a.name, b.name));
  return {
    text: textOf(
      sorted.map(({ line }) => line),
      withheld.toSorted(compare),
    ),
    shown: sorted.map(({ name, tokens: size }) => ({ name, tokens: size })),
    withheld: withheld.toSorted(compare),
    tokens,
  };
}

/** About how many tokens a text is: four characters of Latin text, two of any other script. */
export function tokensIn(text: string): number {
  let quarters = 0;
  for (const character of text) quarters += character < "\u0250" ? 1 : 2;
  return Math.ceil(quarters / 4);
}

function textOf(lines: readonly string[], withheld: readonly string[]): string {
  if (lines.length === 0 && withheld.length === 0) return "";
  const named = withheld.slice(0, WITHHELD_NAMED_MAX).join(", ");
  const rest = withheld.length > WITHHELD_NAMED_MAX ? `, and ${withheld.length - WITHHELD_NAMED_MAX} more` : "";
  return [
    "## Your skills",
    "Procedures that were written down because they work. When one fits what is asked, load it with `load-skill` before you begin, and follow it.",
    ...(lines.length === 0 ? [] : [lines.join("\n")]),
    ...(withheld.length === 0 ? [] : [`Also there, by name only: ${named}${rest}.`]),
  ].join("\n\n");
}

/** The longest beginning of the description that fits beside the name. */
function lineOf(name: string, description: string): string {
  const said = oneLine(description);
  const whole = `- ${name}: ${said}`;
  if (tokensIn(whole) <= LINE_TOKENS_MAX) return whole;
  let [fits, tooLong] = [1, said.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (tokensIn(`- ${name}: ${cut(said, middle)}`) <= LINE_TOKENS_MAX) fits = middle;
    else tooLong = middle;
  }
  return `- ${name}: ${cut(said, fits)}`;
}

/** By code unit, so that no machine's language changes the bytes of a prompt. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
