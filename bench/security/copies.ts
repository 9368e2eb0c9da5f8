/** Which texts nearly stand in others: what a set is measured on must not have been learnt under another set's name. */

/** Words in a row that two texts seldom share by chance. */
const ROW_WORDS = 6;
/** From this share of its rows on, one text nearly stands in the other. */
const SHARE = 0.5;

/** The rows of words of a text, each as a hash; a shorter text is one row. */
export function rowsOf(words: readonly string[]): Set<number> {
  const length = Math.min(ROW_WORDS, words.length);
  const rows = new Set<number>();
  for (let from = 0; length > 0 && from + length <= words.length; from++)
    rows.add(hashOf(words.slice(from, from + length).join(" ")));
  return rows;
}

/** Tells of a text's rows whether the text stands in one of `held`, or one of `held` in it, at least by half. */
export function copiesOf(held: readonly ReadonlySet<number>[]): (rows: ReadonlySet<number>) => boolean {
  const holders = new Map<number, number[]>();
  held.forEach((rows, at) => {
    for (const row of rows) {
      const same = holders.get(row) ?? [];
      same.push(at);
      holders.set(row, same);
    }
  });
  return (rows) => {
    const shared = [...rows].flatMap((row) => holders.get(row) ?? []);
    const own = [...rows].filter((row) => holders.has(row)).length;
    if (own === 0) return false;
    if (own >= rows.size * SHARE) return true;
    const counts = new Map<number, number>();
    for (const at of shared) counts.set(at, (counts.get(at) ?? 0) + 1);
    return [...counts].some(([at, count]) => count >= (held[at]?.size ?? 0) * SHARE);
  };
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
