/** Reads the week's headlines on each ticker: their mood, why, and what is worth checking. Never an order. */
import { z } from "zod";
import { cut } from "../../../base/index.ts";
import { askAbout } from "./ask.ts";
import type { Chore } from "./chore.ts";

const TOKENS_MAX = 2_500;
const data = z.array(
  z.object({
    ticker: z.string(),
    headlines: z.array(z.object({ title: z.string(), url: z.string(), text: z.string() })),
  }),
);
const readings = z.object({
  tickers: z.array(
    z.object({
      ticker: z.string(),
      mood: z.enum(["good", "bad", "mixed", "unclear"]),
      why: z.string().max(400),
      check: z.string().max(300),
      /** Which headlines it stands on, counted from 0. */
      from: z.array(z.number().int().min(0)).max(10),
    }),
  ),
});
const MARKS = { good: "🟢", bad: "🔴", mixed: "🟡", unclear: "⚪" } as const;
/** Words that tell somebody to trade, in the languages we know. A sentence with one is left out: this job gives no orders. */
const ORDERS =
  /\b(?:buy|sell|short|go long|take profit|add to (?:your )?position|kaufen?|verkaufen?|einsteigen)\b|покупа|купи|прода[йвт]|шорти/iu;

export const marketReview: Chore = async (speaking, order, signal) => {
  const news = data.parse(order.data);
  const question = {
    job: order.job,
    tier: "standard",
    instructions: INSTRUCTIONS,
    data: news,
    schema: readings,
  } as const;
  const { value } = await askAbout(speaking, { ...question, tokensMax: TOKENS_MAX }, signal);
  let left = 0;
  const items = news.flatMap(({ ticker, headlines }) => {
    const read = value.tickers.find((one) => one.ticker === ticker);
    const stands = (read?.from ?? []).flatMap((index) => headlines[index] ?? []);
    const lead = stands[0] ?? headlines[0];
    if (lead === undefined) return [];
    const link = URL.canParse(lead.url) && { url: lead.url };
    // Without a headline that it stands on, a mood is a guess.
    if (read === undefined || stands.length === 0)
      return [{ title: `${MARKS.unclear} ${ticker}: ${cut(lead.title, 300)}`, ...link }];
    const [why, check] = [read.why, read.check].map(withoutOrders);
    if (why !== read.why || check !== read.check) left++;
    const text = [...(check === "" ? [] : [`Check: ${check}`]), `${stands.length} of ${headlines.length} headlines`];
    return [{ title: `${MARKS[read.mood]} ${ticker}: ${why || cut(lead.title, 300)}`, text: text.join("\n"), ...link }];
  });
  return {
    changed: items.length > 0,
    severity: "info",
    summary: `${items.length} tickers read`,
    items,
    evidence: news.flatMap(({ headlines }) => headlines.map(({ url }) => url)),
    counters: { tickers: items.length, ordersLeftOut: left },
  };
};

function withoutOrders(text: string): string {
  const sentences = text.split(/(?<=[.!?])\s+/u);
  return sentences.filter((sentence) => !ORDERS.test(sentence)).join(" ");
}

const INSTRUCTIONS =
  "You get a week's headlines on some securities. For each ticker say the mood of the news (good, bad, mixed, unclear), why in one or two sentences, what is worth checking in one sentence, and the numbers of the headlines that you stand on, counted from 0. Say only what the headlines say. Never tell anybody to trade. Write in the language of the headlines.";
