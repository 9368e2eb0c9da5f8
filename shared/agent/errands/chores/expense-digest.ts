/** Puts a week's figures into words. Every number of the words stands in the figures, or they are not told. */
import { z } from "zod";
import { askAbout } from "./ask.ts";
import type { Chore } from "./chore.ts";

const TOKENS_MAX = 400;
const data = z.object({ lines: z.array(z.string()).max(200) });
const words = z.object({ text: z.string().max(800) });

export const expenseDigest: Chore = async (speaking, order, signal) => {
  const { lines } = data.parse(order.data);
  const question = {
    job: order.job,
    tier: "lite",
    instructions: INSTRUCTIONS,
    data: { lines },
    schema: words,
  } as const;
  const { value } = await askAbout(speaking, { ...question, tokensMax: TOKENS_MAX }, signal);
  const known = new Set(numbersIn(lines.join("\n")));
  const invented = numbersIn(value.text).filter((number) => !known.has(number));
  if (invented.length > 0 || value.text.trim() === "")
    return { changed: false, summary: `the words were left out: ${invented.join(", ") || "there were none"}` };
  return { changed: true, summary: "put into words", items: [{ title: "In short", text: value.text }] };
};

/** Numbers as they are written, without marks between thousands, so that 1,200.00 and 1200.00 are one. */
function numbersIn(text: string): string[] {
  return (text.match(/\d[\d.,\u00a0\u202f]*\d|\d/gu) ?? []).map((number) =>
    number
      .replace(/[\u00a0\u202f]/gu, "")
      .replace(/[.,](?=\d{3}(?:\D|$))/g, "")
      .replace(",", "."),
  );
}

const INSTRUCTIONS =
  "You get the figures of what a person spent in a week. Say in at most three sentences what stands out: the largest category, the trend, anything unusual. Use only numbers that stand in the figures, exactly as written, and no advice about what to buy. Write in the language of the categories and shops.";
