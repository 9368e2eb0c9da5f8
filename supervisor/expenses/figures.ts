/** What was spent in a week: sums, shares, trend and what stands out. Counted, never estimated; pure. */
import { digitsOf } from "../../shared/ledger/index.ts";
import { deviationsOf, madOf, medianOf, UNUSUAL_FROM } from "../metrics/anomaly.ts";

/** One purchase, in whole units of its currency. */
export type Spent = { merchant: string; amount: number; currency: string; category: string; spentOn: string };

export type Figures = {
  currency: string;
  count: number;
  total: number;
  /** The median of the weeks before, from the first with a purchase on; undefined with fewer than two of them. */
  usual: number | undefined;
  /** Largest first. */
  categories: { category: string; total: number; share: number }[];
  /** Purchases far above what the same category usually costs. */
  unusual: { spent: Spent; usual: number }[];
};

const WEEK_MS = 7 * 24 * 3_600_000;
const WEEKS_BEFORE_MIN = 2;
/** So many purchases of a category say what is usual in it. */
const USUAL_FROM = 5;
/** Where all before cost the same, more than half as much again is unusual. */
const UNUSUAL_SHARE = 1.5;

/** One entry a currency, the largest count first; `today` ends the week. */
export function figuresOf(all: readonly Spent[], today: string): Figures[] {
  const weekOf = ({ spentOn }: Spent) => Math.floor((Date.parse(today) - Date.parse(spentOn)) / WEEK_MS);
  return [...Map.groupBy(all, ({ currency }) => currency)]
    .flatMap(([currency, spent]) => {
      const now = spent.filter((one) => weekOf(one) === 0);
      if (now.length === 0) return [];
      const before = spent.filter((one) => weekOf(one) > 0);
      const sumOf = (some: readonly Spent[]) => sumIn(currency, some);
      const byWeek = Map.groupBy(before, weekOf);
      // A week without a purchase is a week as well.
      const weeks = Array.from({ length: Math.max(0, ...byWeek.keys()) }, (_, n) => sumOf(byWeek.get(n + 1) ?? []));
      const total = sumOf(now);
      const categories = [...Map.groupBy(now, ({ category }) => category)]
        .map(([category, of]) => ({ category, total: sumOf(of), share: sumOf(of) / total }))
        .toSorted((a, b) => b.total - a.total);
      const unusual = now.flatMap((one) => {
        const same = before.filter(({ category }) => category === one.category).map(({ amount }) => amount);
        const usual = medianOf(same);
        return same.length >= USUAL_FROM && isUnusual(one.amount, usual, madOf(same, usual))
          ? [{ spent: one, usual }]
          : [];
      });
      const usual = weeks.length < WEEKS_BEFORE_MIN ? undefined : medianOf(weeks);
      return [{ currency, count: now.length, total, usual, categories, unusual }];
    })
    .toSorted((a, b) => b.count - a.count);
}

function isUnusual(amount: number, usual: number, mad: number): boolean {
  return mad === 0 ? amount > usual * UNUSUAL_SHARE : deviationsOf(amount, usual, mad) > UNUSUAL_FROM;
}

/** Summed in the smallest unit of the currency, so that cents stay cents. */
function sumIn(currency: string, spent: readonly Spent[]): number {
  const perUnit = 10 ** digitsOf(currency);
  return spent.reduce((sum, { amount }) => sum + Math.round(amount * perUnit), 0) / perUnit;
}

/** The figures as lines: sums, shares in percent, trend, what stands out. */
export function tellFigures({ currency, count, total, usual, categories, unusual }: Figures): string[] {
  const money = (amount: number) => amount.toFixed(digitsOf(currency));
  const trend =
    usual === undefined || usual === 0 ? "" : `, ${percent(total / usual - 1)} against a usual week (${money(usual)})`;
  return [
    `${currency} ${money(total)} in ${count} purchases${trend}`,
    ...categories.map(({ category, total: sum, share }) => `${category}: ${money(sum)} (${Math.round(share * 100)} %)`),
    ...unusual.map(
      ({ spent: { merchant, amount, category }, usual: typical }) =>
        `stands out: ${merchant} ${money(amount)}; ${category} usually ${money(typical)}`,
    ),
  ];
}

function percent(share: number): string {
  return `${share >= 0 ? "+" : "−"}${Math.abs(Math.round(share * 100))} %`;
}
