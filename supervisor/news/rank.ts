/** Which stories matter to a person: grouped when several sources tell the same, and ranked. Pure. */
import { wordsOf } from "../../shared/base/index.ts";
import type { Story } from "./read-feed.ts";

/** One piece of news, as one or more independent sources tell it. */
export type News = { lead: Story; sources: readonly string[]; topics: readonly string[]; score: number };

/** Titles that share so much of their words tell the same; measured by hand on headlines of one day. */
const SAME_FROM = 0.5;
/** A story that is older is no news. */
const FRESH_MS = 3 * 24 * 3_600_000;
/** Of more stories releases and the newest are looked at: each is compared with every other. */
const STORIES_MAX = 1_000;
/** A topic of the person's counts as much as two further sources. */
const TOPIC_WEIGHT = 2;

/** Fresh news, best first. With topics, only what touches one; releases are asked for by name and always count. */
export function rankNews(
  stories: readonly Story[],
  { topics, now }: { topics: readonly string[]; now: number },
): News[] {
  const wanted = topics.map((topic) => ({ topic, words: wordsOf(topic) }));
  return groupsOf(fresh(stories, now).map(read))
    .flatMap((group) => {
      const told = group.map(({ story }) => story);
      const [lead] = told.toSorted((a, b) => b.points - a.points || b.text.length - a.text.length);
      if (lead === undefined) return [];
      const sources = [...new Set(told.map(({ source }) => source))];
      const touched = wanted
        .filter(({ words }) => words.length > 0 && group.some(({ all }) => words.every((word) => all.has(word))))
        .map(({ topic }) => topic);
      const counts = topics.length === 0 || touched.length > 0 || told.some(isRelease);
      const score = sources.length + TOPIC_WEIGHT * touched.length + Math.log10(1 + lead.points);
      return counts ? [{ lead, sources, topics: touched, score }] : [];
    })
    .toSorted((a, b) => b.score - a.score || a.lead.url.localeCompare(b.lead.url));
}

function fresh(stories: readonly Story[], now: number): Story[] {
  const all = stories.filter(({ at = now }) => Math.abs(now - at) <= FRESH_MS);
  if (all.length <= STORIES_MAX) return all;
  const newestFirst = all.toSorted(({ at: a = now }, { at: b = now }) => b - a);
  return [...newestFirst.filter(isRelease), ...newestFirst.filter((one) => !isRelease(one))].slice(0, STORIES_MAX);
}

function isRelease({ source }: Story): boolean {
  return source.startsWith("github.com/");
}

/** A story with its words, found once: those of its title, and all. */
type Read = { story: Story; title: ReadonlySet<string>; all: ReadonlySet<string> };

function read(story: Story): Read {
  const title = wordsOf(story.title);
  return { story, title: new Set(title), all: new Set([...title, ...wordsOf(story.text)]) };
}

/** Stories that tell the same stand together. */
function groupsOf(stories: readonly Read[]): Read[][] {
  const groups: Read[][] = [];
  for (const one of stories) {
    const group = groups.find((told) => told.some((other) => isSame(one, other)));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

function isSame(one: Read, other: Read): boolean {
  if (one.story.url === other.story.url) return true;
  let shared = 0;
  for (const word of one.title) if (other.title.has(word)) shared++;
  return shared >= 3 && shared / (one.title.size + other.title.size - shared) >= SAME_FROM;
}
