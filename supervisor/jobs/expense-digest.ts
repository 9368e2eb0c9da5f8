import { type Clock, messageOf } from "../../shared/base/index.ts";
import { digitsOf, type Ledger } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import { figuresOf, type Spent, tellFigures } from "../expenses/figures.ts";
import type { Minds } from "../minds.ts";
import type { Notion } from "../notion.ts";
import { dayOf } from "../schedule/day.ts";
import type { Job } from "./job.ts";

const NAME = "expense-digest";
const DAY_MS = 24 * 3_600_000;
/** This week, and as many before it as say what is usual. */
const DAYS = 7 * 9;
const WORDS_MS = 5 * 60_000;

type Deps = {
  ledger: Pick<Ledger, "purchases">;
  clock: Clock;
  settings: Automations;
  minds: Minds;
  /** Where the person keeps its books; without it, the ledger. */
  books?: { notion: Notion; database: string };
};

/** What the week cost: sums, trend and what stands out are counted here; an agent only puts them into words. */
export function expenseDigest({ ledger, clock, settings: { timeZone, mail }, minds, books }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 10 * * 0" },
    purpose: "tells what the week cost: categories, trend, and what stands out",
    timeoutMs: WORDS_MS + 5 * 60_000,
    missed: { kind: "within", ms: 3 * DAY_MS },
    agent: "nexus",
    goesOn: true,
    needs: [
      {
        what: "purchases",
        missing: () =>
          mail !== undefined || books !== undefined
            ? undefined
            : "mail in automations.json, or NOTION_API_KEY and NOTION_EXPENSES_DB",
      },
    ],
    async run(signal, run) {
      const now = clock.now();
      const { date: today } = dayOf(now, timeZone);
      const from = dayOf(now - DAYS * DAY_MS, timeZone).date;
      const spent = await spentSince(from, today, signal);
      const figures = figuresOf(spent, today);
      const counters = { purchases: figures.reduce((sum, { count }) => sum + count, 0) };
      if (figures.length === 0) return { changed: false, summary: "nothing was spent this week", counters };
      const lines = figures.map(tellFigures);
      const words = run.dryRun ? undefined : await wordsFor(lines.flat());
      return {
        changed: true,
        severity: "info",
        summary: "The week in money",
        items: [
          ...(words === undefined ? [] : [{ title: "In short", text: words }]),
          ...lines.map(([title = "", ...rest]) => ({ title, text: rest.join("\n") })),
        ],
        evidence: lines.flat(),
        counters,
      };

      /** The figures stand without words as well: a model that is not there is no failure of the week. */
      async function wordsFor(told: readonly string[]): Promise<string | undefined> {
        const agent = await minds.nearest("nexus", NAME);
        if (agent === undefined) return undefined;
        try {
          const asked = { job: NAME, agents: [agent], data: { lines: told }, withinMs: WORDS_MS };
          return (await minds.ask(asked, run, signal)).items?.[0]?.text;
        } catch (error) {
          signal.throwIfAborted();
          return `(no words: ${messageOf(error)})`;
        }
      }
    },
  };

  async function spentSince(from: string, today: string, signal: AbortSignal): Promise<Spent[]> {
    if (books !== undefined) return books.notion.purchasesSince(books.database, from, signal);
    return (await ledger.purchases.between(from, today)).map(({ minor, currency, ...one }) => ({
      ...one,
      currency,
      amount: minor / 10 ** digitsOf(currency),
    }));
  }
}
