/** One way to undo what hides a text, and what such ways share. */
import type { Lexicon } from "./lexicon.ts";

export type Undoing = {
  /** What is undone, in words a person reads. */
  how: string;
  /** The text without it; undefined where there is nothing of the kind. `known` is the share of its words people use. */
  undo(text: string, lexicon: Lexicon, known: number): string | undefined;
};

/** The text with each match read; undefined when none could be. */
export function replaced(
  text: string,
  pattern: RegExp,
  read: (match: string) => string | undefined,
): string | undefined {
  let changed = false;
  const result = text.replace(pattern, (match: string) => {
    const reading = read(match);
    if (reading !== undefined) changed = true;
    return reading ?? match;
  });
  return changed ? result : undefined;
}
