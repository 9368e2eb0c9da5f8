/** What a detector of secrets is. */

/**
 * One kind of secret by its shape. Its examples are its test: each of `catches` is found, none of `passes` is.
 * Patterns run on text from anywhere, so they take linear time: literal beginnings, bounded repetition, none inside another.
 */
export type Detector = {
  name: string;
  /** With the flags g and d. A group called `secret` is what is taken out; without one it is all that matched. */
  pattern: RegExp;
  /** A second look at what would be taken out. */
  accepts?: (secret: string) => boolean;
  examples: { catches: readonly string[]; passes: readonly string[] };
};

/** What stands where a secret stood. */
export const CENSORED = "[redacted]";

/** Where a secret stands in a text: from `start` up to, not including, `end`. */
export type Span = { start: number; end: number; detector: string };

/** Every place where this detector finds something. */
export function findSecrets(text: string, { name, pattern, accepts }: Detector): Span[] {
  // Most texts hold none, and asking first spares the copy of the pattern that matchAll makes.
  pattern.lastIndex = 0;
  const holdsOne = pattern.test(text);
  pattern.lastIndex = 0;
  if (!holdsOne) return [];
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.groups?.["secret"] ?? [match.index, match.index + match[0].length];
    if (accepts?.(text.slice(start, end)) ?? true) spans.push({ start, end, detector: name });
  }
  return spans;
}

/** What stands where a secret would, in documentation, templates and code: `<token>`, `${TOKEN}`, `your-key-here`, `xxxx`. */
const PLACEHOLDER =
  /^(?:<.*|\[.*\]?|\$?\{.*|\$\(.*|%.*%?|\$[A-Za-z_].*|\(.*)$|^[*•.]|^x{3}|\$\{[A-Za-z_][\w.:-]{0,60}\}|^(?:your|my|some|test|fake|dummy|sample|change|replace|insert|enter)[^a-z]/i;
const PLACEHOLDER_PART =
  /example|placeholder|change_?me|your[_-]|dummy|redacted|xxxx|0{8}|1{8}|1234-1234|\*\*\*|\.\.\.|…|_here\b/i;
/** Names of things: words and small numbers, joined. */
const NAME =
  /^(?:[a-z]{2,16}|[A-Z]{2,16}|[A-Z][a-z]{1,16}|\d{1,3})(?:[-_.:](?:[a-z]{2,16}|[A-Z]{2,16}|[A-Z][a-z]{1,16}|\d{1,3}))+$/;

/** A UUID of version 1 is made of the time and the machine's address, with no chance in it: a name, and no secret. */
const NAME_BY_TIME = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether this is a stand-in for a value, or the name of something, and no secret. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || PLACEHOLDER_PART.test(value) || NAME.test(value) || NAME_BY_TIME.test(value);
}

/** Whether a value mixes letters and digits, as made-up words and names of things rarely do. */
export function isMixed(value: string): boolean {
  return /[A-Za-z]/.test(value) && /\d/.test(value);
}

/** Shannon entropy in bits per character: about 3.3 for words, above 4 for random letters and digits. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
