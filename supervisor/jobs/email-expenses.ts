import { messageOf } from "../../shared/base/index.ts";
import { amountOf, digitsOf, type Ledger } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Minds } from "../minds.ts";
import type { Notion } from "../notion.ts";
import type { Item, Job } from "./job.ts";

const NAME = "email-expenses";
const MIND_MS = 30 * 60_000;
/** Purchases that are copied to Notion in one run; the rest follows with the next. */
const COPIED_MAX = 200;

type Deps = {
  ledger: Pick<Ledger, "purchases">;
  settings: Automations;
  minds: Minds;
  /** Where the person keeps its books as well. */
  books?: { notion: Notion; database: string };
};

/** Receipts in the person's mail become purchases in the ledger, once each; what is doubtful is asked about, once. */
export function emailExpenses({ ledger: { purchases }, settings: { mail }, minds, books }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 8 * * *" },
    purpose: "books the receipts in your mail, and asks once about what is doubtful",
    timeoutMs: MIND_MS + 10 * 60_000,
    missed: { kind: "once" },
    retries: { max: 2, firstMs: 30 * 60_000 },
    agent: "nexus",
    goesOn: true,
    needs: [
      {
        what: "mail through MCP",
        missing: () => (mail === undefined ? "mail in automations.json and its server in mcp.json" : undefined),
      },
    ],
    async run(signal, run) {
      const agent = await minds.nearest("nexus", NAME);
      const agents = agent === undefined ? [] : [agent];
      const found = await minds.ask({ job: NAME, agents, data: mail, withinMs: MIND_MS }, run, signal);
      if (run.dryRun) return found;
      const trouble = await copyToBooks(signal);
      const doubtful = (await purchases.pending()).filter(({ askedAt }) => askedAt === null);
      const items = [
        ...(found.items ?? []),
        ...doubtful.map(
          ({ id, merchant, spentOn, because, ...sum }): Item => ({
            title: `? ${merchant}: ${amountOf(sum)} ${sum.currency} on ${spentOn}`,
            text: `${because}. \`kaos expenses book ${id}\` or \`kaos expenses refuse ${id}\``,
          }),
        ),
      ];
      return {
        ...found,
        changed: found.changed || doubtful.length > 0,
        severity: doubtful.length > 0 ? "notable" : "info",
        summary: `${found.summary}${trouble === undefined ? "" : `; ${trouble}`}`,
        items,
        counters: { ...found.counters, asked: doubtful.length },
        asks: doubtful.map(({ id }) => id),
      };
    },
  };

  /** A copy that fails is made with the next run: the ledger holds. */
  async function copyToBooks(signal: AbortSignal): Promise<string | undefined> {
    if (books === undefined) return undefined;
    try {
      for (const one of await purchases.uncopied(COPIED_MAX)) {
        const { receipt, merchant, minor, currency, category, spentOn } = one;
        const row = { receipt, merchant, amount: minor / 10 ** digitsOf(currency), currency, category, spentOn };
        await books.notion.keep(books.database, row, signal);
        await purchases.copied(one.id);
      }
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return `not copied to Notion: ${messageOf(error)}`;
    }
  }
}
