/** Reads a page of the web. */
import { z } from "zod";
import { cut, oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import { decode } from "./decode.ts";
import { ADDRESS_CHARACTERS_MAX, type FetchPage } from "./door.ts";
import type { ReadPage } from "./readable.ts";
import { sheetsOf } from "./sheets.ts";

/** Of one answer; a longer page is read on with `from`. */
const PAGE_CHARACTERS_MAX = 20_000;
const PAGE_BYTES_MAX = 5_000_000;
const PAGE_DEADLINE_MS = 30_000;

export function fetchPage(fetch: FetchPage, read: ReadPage): Tool {
  return defineTool({
    name: "fetch-page",
    description: "Read a page of the web as markdown: http or https, text only. A long page goes on with `from`.",
    input: z.strictObject({
      url: z.string().trim().min(1).max(ADDRESS_CHARACTERS_MAX).describe("the whole address, with https://"),
      from: z.number().int().min(0).max(PAGE_BYTES_MAX).default(0).describe("the character to read on from"),
    }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: true,
    run: async ({ url, from }, { signal }) => {
      const answer = await fetch(url, {
        headers: { accept: "text/html, text/plain, text/markdown, application/json;q=0.9, */*;q=0.1" },
        signal,
        bytesMax: PAGE_BYTES_MAX,
        deadlineMs: PAGE_DEADLINE_MS,
      });
      if (!answer.fetched) return { text: `Not read: ${answer.because}.` };
      const contentType = answer.headers["content-type"] ?? "text/html";
      if (!IS_TEXT.test(contentType))
        return { text: `Not read: ${answer.url} is ${cut(oneLine(contentType), 100)}, and only text can be read.` };
      const text = decode(answer.body, contentType);
      const { title, markdown } = IS_PAGE.test(contentType)
        ? await read({ html: text, url: answer.url, sheets: await sheetsOf(text, answer.url, fetch, signal) }, signal)
        : { title: "", markdown: text };
      const head = [answer.url, ...(answer.status >= 400 ? [`The server answered ${answer.status}.`] : [])];
      if (title !== "") head.push(`# ${cut(oneLine(title), 300)}`);
      return { text: `${head.join("\n")}\n\n${part(markdown, from)}` };
    },
  });
}

const IS_TEXT = /^\s*(?:text\/|application\/(?:[\w.+-]*(?:json|xml|yaml)|javascript|x-ndjson))/i;
const IS_PAGE = /html|xhtml/i;

function part(markdown: string, from: number): string {
  if (markdown === "") return "(There is no text on this page; it may need a browser.)";
  if (from >= markdown.length) return `(The page ends before; it has ${markdown.length} characters.)`;
  const shown = markdown.slice(from, from + PAGE_CHARACTERS_MAX).toWellFormed();
  const left = markdown.length - from - shown.length;
  return left > 0 ? `${shown}\n\n(${left} characters more; read on with from: ${from + shown.length})` : shown;
}
