/** Finds people in pages that a search brought: a name, why this one, and the page that names them. */
import { z } from "zod";
import { askAbout } from "./ask.ts";
import type { Chore } from "./chore.ts";

const TOKENS_MAX = 1_500;
const PEOPLE_MAX = 10;
const data = z.object({
  focus: z.string(),
  pages: z.array(z.object({ title: z.string(), url: z.string(), text: z.string() })),
});
const people = z.object({
  people: z
    .array(
      z.object({
        name: z.string().min(2).max(120),
        why: z.string().max(300),
        /** Which page names them, counted from 0. */
        page: z.number().int().min(0),
      }),
    )
    .max(PEOPLE_MAX),
});

export const peopleScout: Chore = async (speaking, order, signal) => {
  const { focus, pages } = data.parse(order.data);
  const question = { job: order.job, tier: "standard", instructions: INSTRUCTIONS, schema: people } as const;
  const asked = { ...question, data: { focus, pages: pages.map(({ title, text }) => ({ title, text })) } };
  const { value } = await askAbout(speaking, { ...asked, tokensMax: TOKENS_MAX }, signal);
  const items = value.people.flatMap(({ name, why, page }) => {
    const url = pages[page]?.url;
    return url === undefined || !URL.canParse(url) ? [] : [{ title: name, text: why, url }];
  });
  return { changed: items.length > 0, summary: `${items.length} people named`, items };
};

const INSTRUCTIONS =
  "You get a kind of people to look out for and pages that a search found. Name people of that kind who are named in the pages, exactly as the page writes them, why each fits in one sentence from the page, and the number of the page, counted from 0. Nobody whom the pages do not name. An empty list is a good answer. Write the reason in the language of the kind.";
