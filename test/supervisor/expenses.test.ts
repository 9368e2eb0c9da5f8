/** What a week cost: sums in the unit of each currency, what is usual, and what stands out. */
import { expect, test } from "vitest";
import { figuresOf, type Spent, tellFigures } from "../../supervisor/expenses/figures.ts";

const TODAY = "2026-03-01";
const spent = (daysAgo: number, amount: number, more: Partial<Spent> = {}): Spent => ({
  merchant: "shop",
  amount,
  currency: "EUR",
  category: "groceries",
  spentOn: new Date(Date.parse(TODAY) - daysAgo * 86_400_000).toISOString().slice(0, 10),
  ...more,
});
const lines = (all: readonly Spent[]) => figuresOf(all, TODAY).map((figures) => tellFigures(figures)[0]);

test("each currency is summed and told in its own smallest unit", () => {
  const week = [
    spent(0, 0.1),
    spent(1, 0.2),
    spent(0, 1_500, { currency: "JPY" }),
    spent(0, 1.005, { currency: "KWD" }),
    spent(2, 0.001, { currency: "KWD" }),
  ];
  expect(lines(week).toSorted()).toEqual([
    "EUR 0.30 in 2 purchases",
    "JPY 1500 in 1 purchases",
    "KWD 1.006 in 2 purchases",
  ]);
});

test("a week in which nothing was bought is a week as well; those before the first purchase are none", () => {
  // One week of 100, then none, then one of 50, counted back from this week.
  expect(lines([spent(0, 60), spent(8, 50), spent(22, 100)])).toEqual([
    "EUR 60.00 in 1 purchases, +20 % against a usual week (50.00)",
  ]);
  expect(lines([spent(0, 60), spent(8, 50)])).toEqual(["EUR 60.00 in 1 purchases"]);
});

test("a purchase far above its category stands out, one within its spread does not", () => {
  const before = [10, 11, 12, 13, 14].map((amount, n) => spent(8 + n, amount));
  const [figures] = figuresOf([...before, spent(0, 16), spent(1, 60)], TODAY);
  expect(figures?.unusual.map((one) => [one.spent.amount, one.usual])).toEqual([[60, 12]]);
});
