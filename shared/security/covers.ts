/** Whether a standing permission covers a call: narrow predicates over its arguments, nothing else. */

/**
 * True when every named argument is there and says what the predicate says. A value that ends in `*` takes any ending, but
 * no path that climbs: `notes/*` does not cover `notes/../secret`. An empty predicate covers nothing.
 */
export function covers(match: Readonly<Record<string, string>>, input: unknown): boolean {
  const wanted = Object.entries(match);
  if (wanted.length === 0 || typeof input !== "object" || input === null) return false;
  return wanted.every(([name, pattern]) => {
    const value = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false;
    const text = String(value);
    if (!pattern.endsWith("*")) return text === pattern;
    const prefix = pattern.slice(0, -1);
    return prefix !== "" && text.startsWith(prefix) && !/(^|[\\/])\.\.([\\/]|$)/u.test(text);
  });
}
