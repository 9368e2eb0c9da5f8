/** What a sign of an injection is: a pattern with examples, and how much it says. */

/**
 * A tripwire. Its pattern reads text as `spell` makes it: folded, in small letters. Patterns run on text from anywhere, so
 * they take linear time: bounded gaps, none inside another. Each of `catches` is found, none of `passes` is.
 */
export type Sign = {
  name: string;
  /** What it says alone, between 0 and 1: from 0.5 a text is flagged, from 0.8 it is blocked. */
  weight: number;
  pattern: RegExp;
  examples: { catches: readonly string[]; passes: readonly string[] };
};

/** A few words in between, within a sentence. */
export const GAP = String.raw`[^.!?\n]{0,30}?`;

/** One of these, beginning a word: `one("ignor", "forget")`. Word borders of every script. */
export function one(...words: readonly string[]): string {
  return String.raw`(?<![\p{L}\p{N}])(?:${words.join("|")})`;
}

/** These one after the other, with a few words in between. */
export function inOrder(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join(GAP), "u");
}
