/** Where news comes from: feeds, Hacker News and releases on GitHub without a key, a search engine with one. */
import { isAbort, messageOf } from "../../shared/base/index.ts";
import type { Egress } from "../../shared/security/index.ts";
import type { Searching } from "../searching.ts";
import { fieldOf, plain, readFeed, type Story, stringOf } from "./read-feed.ts";

export type Read = { stories: readonly Story[]; problems: readonly string[] };

export type Addresses = { hackerNews: string; github: string };

/** The services themselves; tests bring servers of their own. */
export const PUBLIC: Addresses = { hackerNews: "https://hacker-news.firebaseio.com", github: "https://api.github.com" };

const FEED_BYTES_MAX = 3_000_000;
const DEADLINE_MS = 15_000;
/** Of the front page of Hacker News. */
const HACKER_NEWS_MAX = 30;
const RELEASES_MAX = 5;
const TITLE_CHARACTERS_MAX = 200;
const TEXT_CHARACTERS_MAX = 400;

const HITS_MAX = 10;

type Watched = {
  feeds: readonly string[];
  hackerNews: boolean;
  releases: readonly string[];
  searches: readonly string[];
};

/** Reads every source, one after the other; one that fails is a problem and keeps no other from being read. */
export async function readSources(
  egress: Egress,
  { feeds, hackerNews, releases, searches }: Watched,
  { addresses, searching }: { addresses: Addresses; searching: Searching },
  signal: AbortSignal,
): Promise<Read> {
  const reads: (() => Promise<Story[]>)[] = [
    ...feeds.map((feed) => () => readOneFeed(feed)),
    ...(hackerNews ? [readHackerNews] : []),
    ...releases.map((repository) => () => readReleases(repository)),
    ...searches.map((words) => () => readSearch(words)),
  ];
  const stories: Story[] = [];
  const problems: string[] = [];
  for (const read of reads) {
    try {
      stories.push(...(await read()));
    } catch (error) {
      signal.throwIfAborted();
      if (isAbort(error)) throw error;
      problems.push(messageOf(error));
    }
  }
  return { stories, problems };

  async function readOneFeed(feed: string): Promise<Story[]> {
    const read = readFeed(await get(feed), feed);
    if (!read.read) throw new Error(read.because);
    return read.stories;
  }

  async function readHackerNews(): Promise<Story[]> {
    const base = `${addresses.hackerNews}/v0`;
    const ids: unknown = JSON.parse(await get(`${base}/topstories.json`));
    if (!Array.isArray(ids)) throw new Error("Hacker News sent no list of stories");
    const found: Story[] = [];
    for (const id of ids.filter(Number.isSafeInteger).slice(0, HACKER_NEWS_MAX)) {
      const item: unknown = JSON.parse(await get(`${base}/item/${id}.json`));
      const title = plain(stringOf(item, "title"), TITLE_CHARACTERS_MAX);
      const own = `https://news.ycombinator.com/item?id=${id}`;
      const url = /^https?:\/\//.test(stringOf(item, "url")) ? stringOf(item, "url") : own;
      const [seconds, points] = [fieldOf(item, "time"), fieldOf(item, "score")];
      if (title !== "" && URL.canParse(url))
        found.push({
          title,
          url,
          text: "",
          source: "news.ycombinator.com",
          at: typeof seconds === "number" ? seconds * 1_000 : undefined,
          points: typeof points === "number" ? points : 0,
        });
    }
    return found;
  }

  async function readReleases(repository: string): Promise<Story[]> {
    const list: unknown = JSON.parse(
      await get(`${addresses.github}/repos/${repository}/releases?per_page=${RELEASES_MAX}`),
    );
    if (!Array.isArray(list)) throw new Error(`GitHub sent no list of releases of ${repository}`);
    return list
      .filter((release) => fieldOf(release, "draft") !== true && fieldOf(release, "prerelease") !== true)
      .slice(0, RELEASES_MAX)
      .flatMap((release: unknown) => {
        const url = stringOf(release, "html_url");
        if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return [];
        const name = stringOf(release, "name") || stringOf(release, "tag_name");
        const at = Date.parse(stringOf(release, "published_at"));
        return [
          {
            title: plain(`${repository} ${name}`, TITLE_CHARACTERS_MAX),
            url,
            text: plain(stringOf(release, "body"), TEXT_CHARACTERS_MAX),
            source: `github.com/${repository}`,
            at: Number.isNaN(at) ? undefined : at,
            points: 0,
          },
        ];
      });
  }

  async function readSearch(words: string): Promise<Story[]> {
    const answer = await searching.search(words, HITS_MAX, signal);
    if (!answer.found) throw new Error(answer.because);
    return answer.hits.flatMap(({ title, url, text }) => {
      const address = URL.parse(url);
      if (address === null || !/^https?:$/.test(address.protocol)) return [];
      return [
        {
          title: plain(title, TITLE_CHARACTERS_MAX),
          url: address.href,
          text: plain(text, TEXT_CHARACTERS_MAX),
          source: address.host,
          at: undefined,
          points: 0,
        },
      ];
    });
  }

  async function get(url: string): Promise<string> {
    const headers = { "user-agent": "KAOS", accept: "application/json, application/xml, text/xml, */*" };
    const got = await egress.fetch(url, { signal, headers, bytesMax: FEED_BYTES_MAX, deadlineMs: DEADLINE_MS });
    if (!got.fetched) throw new Error(got.because);
    if (got.status !== 200) throw new Error(`${URL.parse(url)?.host} answered ${got.status}`);
    return got.body.toString("utf8");
  }
}
