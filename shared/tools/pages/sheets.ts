/** The style sheets that a page links to, because what they hide a person does not see. */
import { decode } from "./decode.ts";
import type { FetchPage } from "./door.ts";

/** More of them, larger ones and slower ones are not waited for: the page is read without them. */
const SHEETS_MAX = 8;
const SHEET_BYTES_MAX = 1_000_000;
const SHEETS_DEADLINE_MS = 5_000;
/** Links stand at the beginning of a page. */
const LOOKED_AT_CHARACTERS = 200_000;

/** Their texts, as far as they could be had. Rejects only with the signal's reason. */
export async function sheetsOf(html: string, url: string, fetch: FetchPage, signal: AbortSignal): Promise<string[]> {
  const sheets = await Promise.all(
    addressesIn(html, url).map(async (address) => {
      const limits = { bytesMax: SHEET_BYTES_MAX, deadlineMs: SHEETS_DEADLINE_MS };
      const answer = await fetch(address, { headers: { accept: "text/css" }, signal, ...limits });
      const contentType = answer.fetched ? (answer.headers["content-type"] ?? "") : "";
      return answer.fetched && answer.status === 200 && /css/i.test(contentType)
        ? decode(answer.body, contentType)
        : "";
    }),
  );
  return sheets.filter((sheet) => sheet !== "");
}

function addressesIn(html: string, url: string): string[] {
  const links = html.slice(0, LOOKED_AT_CHARACTERS).match(/<link\s[^<>]{1,2000}>/gi) ?? [];
  const addresses = links.flatMap((link) => {
    if (attribute(link, "rel")?.toLowerCase().split(/\s+/).includes("stylesheet") !== true) return [];
    if (/^print$/i.test(attribute(link, "media") ?? "")) return [];
    const href = attribute(link, "href");
    const address = href === undefined ? null : URL.parse(href.replaceAll("&amp;", "&"), url);
    return address !== null && /^https?:$/.test(address.protocol) ? [address.href] : [];
  });
  return [...new Set(addresses)].slice(0, SHEETS_MAX);
}

function attribute(tag: string, name: string): string | undefined {
  const [, , quoted, single, bare] =
    new RegExp(`\\s(${name})\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(tag) ?? [];
  return quoted ?? single ?? bare;
}
