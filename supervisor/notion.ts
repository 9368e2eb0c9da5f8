/** Notion as jobs need it: the open tasks of one database, and a database that keeps what was spent. */
import { z } from "zod";
import type { Egress } from "../shared/security/index.ts";

/** Its address; tests bring a server of their own. */
const PUBLIC = "https://api.notion.com";
/** https://developers.notion.com/reference/versioning: answers keep the shape of this day. */
const VERSION = "2022-06-28";
const DEADLINE_MS = 20_000;
const NOT_UNDERSTOOD = "Notion gave an answer that is not understood";
const PAGES_MAX = 10;
const PAGE_ROWS = 100;

type NotionTask = { id: string; title: string; due: string; url: string };

/** One purchase as a row; `receipt` is the same for the same purchase. */
type NotionPurchase = {
  receipt: string;
  merchant: string;
  amount: number;
  currency: string;
  category: string;
  spentOn: string;
};

export interface Notion {
  /** Tasks that are not done and have a day, at most a thousand. Rejects with a sentence when Notion says no. */
  openTasks(database: string, signal: AbortSignal): Promise<NotionTask[]>;
  /** Writes a purchase down unless its receipt is there. */
  keep(database: string, purchase: NotionPurchase, signal: AbortSignal): Promise<void>;
  /** Purchases from this day on. */
  purchasesSince(database: string, day: string, signal: AbortSignal): Promise<NotionPurchase[]>;
}

type Options = { egress: Pick<Egress, "fetch">; key: string; address?: string };

const words = z
  .array(z.object({ plain_text: z.string() }))
  .transform((all) => all.map((one) => one.plain_text).join(""));
/** The kinds of properties that are read, https://developers.notion.com/reference/page-property-values. */
const property = z.union([
  z.object({ type: z.literal("title"), title: words }),
  z.object({ type: z.literal("rich_text"), rich_text: words }),
  z.object({ type: z.literal("number"), number: z.number().nullable() }),
  z.object({ type: z.literal("select"), select: z.object({ name: z.string() }).nullable() }),
  z.object({ type: z.literal("date"), date: z.object({ start: z.string() }).nullable() }),
  z.object({ type: z.string() }).transform(() => ({ type: "other" as const })),
]);
const row = z.object({ id: z.string(), url: z.string().default(""), properties: z.record(z.string(), property) });
const answer = z.object({
  results: z.array(row),
  has_more: z.boolean().default(false),
  next_cursor: z.string().nullish(),
});
type Row = z.infer<typeof row>;

/** What a database says of itself, https://developers.notion.com/reference/property-object. */
const described = z.object({
  properties: z.record(
    z.string(),
    z.union([
      z.object({ type: z.literal("checkbox") }),
      z.object({
        type: z.literal("status"),
        status: z.object({
          options: z.array(z.object({ id: z.string(), name: z.string() })),
          groups: z.array(z.object({ option_ids: z.array(z.string()) })),
        }),
      }),
      z.object({ type: z.string() }).transform(() => ({ type: "other" as const })),
    ]),
  ),
});

/** What a choice is called when a task is done: a select has no groups that would say it, unlike a status. */
const DONE = /^(?:done|complete|completed|closed|archived|cancell?ed|готово|erledigt)$/i;

export function createNotion({ egress, key, address = PUBLIC }: Options): Notion {
  /** Without a body it reads, with one it asks or writes. */
  async function ask(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const got = await egress.fetch(`${address}/v1/${path}`, {
      headers: { authorization: `Bearer ${key}`, "notion-version": VERSION, "content-type": "application/json" },
      ...(body === undefined ? { method: "GET" } : { method: "POST", body: JSON.stringify(body) }),
      signal,
      deadlineMs: DEADLINE_MS,
    });
    if (!got.fetched) throw new Error(got.because);
    if (got.status === 401) throw new Error("Notion does not know this key; check NOTION_API_KEY");
    if (got.status === 404)
      throw new Error("Notion does not show this database; share it with the integration, and check its id");
    if (got.status !== 200) throw new Error(`Notion answered ${got.status}`);
    return JSON.parse(got.body.toString("utf8"));
  }

  async function rows(database: string, filter: unknown, signal: AbortSignal): Promise<Row[]> {
    const found: Row[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const body = {
        page_size: PAGE_ROWS,
        ...(filter !== undefined && { filter }),
        ...(cursor && { start_cursor: cursor }),
      };
      const read = answer.safeParse(await ask(`databases/${encodeURIComponent(database)}/query`, body, signal));
      if (!read.success) throw new Error(NOT_UNDERSTOOD);
      found.push(...read.data.results);
      cursor = read.data.next_cursor;
      if (!read.data.has_more || !cursor) break;
    }
    return found;
  }

  return {
    async openTasks(database, signal) {
      const read = described.safeParse(await ask(`databases/${encodeURIComponent(database)}`, undefined, signal));
      if (!read.success) throw new Error(NOT_UNDERSTOOD);
      const all = await rows(database, openOnes(read.data), signal);
      return all
        .filter((one) => !isDone(one))
        .flatMap((one) => {
          const [title, due] = [textOf(one, "title"), firstDate(one)];
          return title === "" || due === undefined ? [] : [{ id: one.id, title, due, url: one.url }];
        });
    },
    async keep(database, { receipt, merchant, amount, currency, category, spentOn }, signal) {
      const there = await rows(database, { property: "Receipt", rich_text: { equals: receipt } }, signal);
      if (there.length > 0) return;
      const text = (content: string) => [{ text: { content } }];
      await ask(
        "pages",
        {
          parent: { database_id: database },
          properties: {
            Name: { title: text(merchant) },
            Amount: { number: amount },
            Currency: { select: { name: currency } },
            Category: { select: { name: category } },
            Date: { date: { start: spentOn } },
            Receipt: { rich_text: text(receipt) },
          },
        },
        signal,
      );
    },
    async purchasesSince(database, day, signal) {
      const all = await rows(database, { property: "Date", date: { on_or_after: day } }, signal);
      return all.flatMap((one) => {
        const { Amount, Currency, Category } = one.properties;
        const [merchant, spentOn] = [textOf(one, "title"), firstDate(one)];
        if (Amount?.type !== "number" || Amount.number === null || spentOn === undefined) return [];
        return [
          {
            receipt: textOf(one, "rich_text", "Receipt") || one.id,
            merchant,
            amount: Amount.number,
            currency: nameOf(Currency) || "???",
            category: nameOf(Category) || "other",
            spentOn,
          },
        ];
      });
    },
  };
}

function textOf({ properties }: Row, type: "title" | "rich_text", name?: string): string {
  const found = Object.entries(properties).find(
    ([key, value]) => value.type === type && (name === undefined || key === name),
  )?.[1];
  if (found?.type === "title") return found.title;
  return found?.type === "rich_text" ? found.rich_text : "";
}

function firstDate({ properties }: Row): string | undefined {
  for (const value of Object.values(properties))
    if (value.type === "date" && value.date !== null) return value.date.start.slice(0, 10);
  return undefined;
}

function nameOf(value: Row["properties"][string] | undefined): string {
  return value?.type === "select" ? (value.select?.name ?? "") : "";
}

/** Asks for what is not ticked and whose status is not of the last group, in which every database has what is complete. */
function openOnes({ properties }: z.infer<typeof described>): unknown {
  const conditions = Object.entries(properties).flatMap(([name, one]): object[] => {
    if (one.type === "checkbox") return [{ property: name, checkbox: { equals: false } }];
    if (one.type !== "status") return [];
    const complete = one.status.groups.at(-1)?.option_ids ?? [];
    const done = one.status.options.filter(({ id }) => complete.includes(id));
    return done.map((option) => ({ property: name, status: { does_not_equal: option.name } }));
  });
  return conditions.length === 0 ? undefined : { and: conditions };
}

function isDone({ properties }: Row): boolean {
  return Object.values(properties).some((value) => DONE.test(nameOf(value)));
}
