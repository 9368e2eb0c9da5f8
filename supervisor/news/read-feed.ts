/** RSS, Atom and JSON feeds as one list of stories. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { visible } from "../../shared/security/index.ts";
import { decodeEntities, type Element, elementsNamed, readXml } from "./read-xml.ts";

/** One story of one source; its texts are plain, in one line. */
export type Story = {
  title: string;
  url: string;
  text: string;
  source: string;
  at: number | undefined;
  points: number;
};

/** Stories that are read from one feed. */
const STORIES_MAX = 100;
const TITLE_CHARACTERS_MAX = 200;
const TEXT_CHARACTERS_MAX = 400;

export type ReadFeed = { read: true; stories: Story[] } | { read: false; because: string };

/** Reads what a feed's address answered. Never throws: a feed is a stranger's text. */
export function readFeed(body: string, address: string): ReadFeed {
  const source = URL.parse(address)?.host ?? address;
  const text = body.replace(/^\uFEFF/, "").trimStart();
  if (text.startsWith("{")) return readJsonFeed(text, address, source);
  const root = readXml(text);
  const entries = [...elementsNamed(root, "item"), ...elementsNamed(root, "entry")];
  if (entries.length === 0 && !/<(?:rss|feed|rdf:rdf)\b/i.test(text))
    return { read: false, because: `${source} is no feed` };
  const stories = entries.slice(0, STORIES_MAX).flatMap((entry) => {
    const url = absolute(linkOf(entry), address);
    const title = plain(textOf(entry, "title"), TITLE_CHARACTERS_MAX);
    if (url === undefined || title === "") return [];
    const words = textOf(entry, "description") || textOf(entry, "summary") || textOf(entry, "content");
    const at = timeOf(
      textOf(entry, "pubdate") || textOf(entry, "updated") || textOf(entry, "published") || textOf(entry, "dc:date"),
    );
    return [{ title, url, text: plain(words, TEXT_CHARACTERS_MAX), source, at, points: 0 }];
  });
  return { read: true, stories };
}

/** Text that may hold markup and entities, as words in one line. */
export function plain(text: string, charactersMax: number): string {
  // Some feeds escape their markup once more than the others; tags left over after that are words.
  const unescaped = /<[a-z!/]/i.test(text) ? text : decodeEntities(text);
  const words = unescaped
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replace(/<\/?[a-z][^<>]*(?:>|$)/gi, " ");
  return cut(oneLine(visible(decodeEntities(words))), charactersMax);
}

function readJsonFeed(text: string, address: string, source: string): ReadFeed {
  let feed: unknown;
  try {
    feed = JSON.parse(text);
  } catch {
    return { read: false, because: `${source} sent JSON that cannot be read` };
  }
  const items = fieldOf(feed, "items");
  if (!Array.isArray(items)) return { read: false, because: `${source} is no feed` };
  const stories = items.slice(0, STORIES_MAX).flatMap((item: unknown) => {
    const url = absolute(stringOf(item, "url") || stringOf(item, "external_url") || stringOf(item, "id"), address);
    const title = plain(stringOf(item, "title") || stringOf(item, "summary"), TITLE_CHARACTERS_MAX);
    if (url === undefined || title === "") return [];
    const words = stringOf(item, "summary") || stringOf(item, "content_text") || stringOf(item, "content_html");
    return [
      {
        title,
        url,
        text: plain(words, TEXT_CHARACTERS_MAX),
        source,
        at: timeOf(stringOf(item, "date_published")),
        points: 0,
      },
    ];
  });
  return { read: true, stories };
}

/** The field of something that may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function stringOf(value: unknown, name: string): string {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : "";
}

/** A web address, whole; undefined for anything else. */
function absolute(link: string, base: string): string | undefined {
  const url = link.trim() === "" ? null : URL.parse(link.trim(), base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function linkOf(entry: Element): string {
  const links = entry.children.filter(({ name }) => name === "link");
  const best = links.find(({ attributes: { rel } }) => rel === undefined || rel === "alternate") ?? links[0];
  return best?.attributes["href"] ?? best?.text ?? textOf(entry, "guid");
}

function textOf(entry: Element, name: string): string {
  return entry.children.find((child) => child.name === name)?.text ?? "";
}

function timeOf(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
