/** Which stories matter to a person: grouped when several sources tell the same, and ranked. Pure. */
import { wordsOf } from "../../shared/base/index.ts";
import type { Story } from "./read-feed.ts";

/** One piece of news, as one or more independent sources tell it. */
export type News = { lead: Story; sources: readonly string[]; topics: readonly string[]; score: number };

/** Titles that share so much of their words tell the same; measured by hand on headlines of one day. */
const SAME_FROM = 0.5;
/** A story that is older is no news. */
const FRESH_MS = 3 * 24 * 3_600_000;
/** A topic of the person's counts as much as two further sources. */
const TOPIC_WEIGHT = 2;

/** Fresh news, best first. With topics, only what touches one; releases are asked for by name and always count. */
export function rankNews(
  stories: readonly Story[],
  { topics, now }: { topics: readonly string[]; now: number },
): News[] {
  const groups: Story[][] = [];
  for (const story of stories) {
    if (story.at !== undefined && (now - story.at > FRESH_MS || story.at - now > FRESH_MS)) continue;
    const group = groups.find((told) => told.some((one) => one.url === story.url || alike(one.title, story.title)));
    if (group === undefined) groups.push([story]);
    else group.push(story);
  }
  return groups
    .flatMap((told) => {
      const [lead] = told.toSorted((a, b) => b.points - a.points || b.text.length - a.text.length);
      if (lead === undefined) return [];
      const sources = [...new Set(told.map(({ source }) => source))];
      const touched = topics.filter((topic) => told.some((story) => touches(story, topic)));
      const wanted =
        topics.length === 0 || touched.length > 0 || sources.some((source) => source.startsWith("github.com/"));
      const score = sources.length + TOPIC_WEIGHT * touched.length + Math.log10(1 + lead.points);
      return wanted ? [{ lead, sources, topics: touched, score }] : [];
    })
    .toSorted((a, b) => b.score - a.score || a.lead.url.localeCompare(b.lead.url));
}

function alike(one: string, other: string): boolean {
  const [a, b] = [new Set(wordsOf(one)), new Set(wordsOf(other))];
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared >= 3 && shared / (a.size + b.size - shared) >= SAME_FROM;
}

/** Every word of the topic stands in the story, in whatever order. */
function touches({ title, text }: Story, topic: string): boolean {
  const words = new Set(wordsOf(`${title} ${text}`));
  const wanted = wordsOf(topic);
  return wanted.length > 0 && wanted.every((word) => words.has(word));
}
