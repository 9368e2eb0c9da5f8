/** What a night notices by itself: at most three sentences that somebody can act on, each with the facts it stands on. */
import type { FactRow } from "../layers/fact-rows.ts";

export type Insight = { text: string; cites: readonly FactRow[] };

const INSIGHTS_MAX = 3;
/** What happened longer ago is no news. */
const NEWS_MS = 14 * 86_400_000;
/** Characters of a fact that an insight repeats. */
const QUOTE_MAX = 160;

/** `cited` are facts that an insight stands on already: nothing is noticed twice. The newest come first. */
export function noticed(
  facts: readonly FactRow[],
  { cited, now }: { cited: ReadonlySet<number>; now: number },
): Insight[] {
  const byId = new Map(facts.map((row) => [row.id, row]));
  const isNews = (at: number | null): at is number => at !== null && at <= now && now - at <= NEWS_MS;
  const found: (Insight & { at: number })[] = [];
  for (const row of facts) {
    if (row.kind === "said" || row.kind === "insight" || cited.has(row.seq)) continue;
    const due = row.kind === "plan" ? endOf(row) : null;
    const successor = row.successor === null ? undefined : byId.get(row.successor);
    if (isNews(due)) {
      const text = `This was planned for ${day(due)}, and nobody has told yet how it went: “${quoted(row)}”`;
      found.push({ text, cites: [row], at: due });
    } else if (isNews(row.valid_to) && successor !== undefined && successor.audience === row.audience) {
      const text = `Since ${day(row.valid_to)} it is “${quoted(successor)}”, no longer “${quoted(row)}”: what was decided on the old one may need another look.`;
      found.push({ text, cites: [row, successor], at: row.valid_to });
    }
  }
  return found.toSorted((a, b) => b.at - a.at).slice(0, INSIGHTS_MAX);
}

/** The end of the last time that a fact speaks of. */
function endOf({ times }: FactRow): number | null {
  if (times === null) return null;
  return Math.max(...(JSON.parse(times) as [number, number][]).map(([, to]) => to));
}

function quoted({ text }: FactRow): string {
  return text.length <= QUOTE_MAX ? text : `${text.slice(0, QUOTE_MAX)}…`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
