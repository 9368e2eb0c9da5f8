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

/** Where a secret stands in a text: from `start` up to, not including, `end`. */
export type Span = { start: number; end: number; detector: string };

/** Every place where this detector finds something. */
export function findSecrets(text: string, { name, pattern, accepts }: Detector): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.groups?.["secret"] ?? [match.index, match.index + match[0].length];
    if (accepts?.(text.slice(start, end)) ?? true) spans.push({ start, end, detector: name });
  }
  return spans;
}

/** What stands where a secret would, in documentation, templates and code: `<token>`, `${TOKEN}`, `your-key-here`, `xxxx`. */
const PLACEHOLDER =
  /^[<[{$%(*•]|^x{3}|[>}\])]$|^(?:your|my|some|test|fake|dummy|sample|change|replace|insert|enter)[^a-z]/i;
const PLACEHOLDER_PART = /example|placeholder|change_?me|your[_-]|dummy|redacted|xxxx|\*\*\*|\.\.\.|…/i;

/** Whether this is a stand-in for a value and not one. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || PLACEHOLDER_PART.test(value);
}

/** Whether a value mixes letters and digits, as made-up words and names of things rarely do. */
export function isMixed(value: string): boolean {
  return /[A-Za-z]/.test(value) && /\d/.test(value);
}
