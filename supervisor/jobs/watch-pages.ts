import { createHash } from "node:crypto";
import { cut, messageOf } from "../../shared/base/index.ts";
import type { Jobs } from "../../shared/ledger/index.ts";
import { type Egress, looksLikeHtml, readHtml } from "../../shared/security/index.ts";
import type { Automations } from "../automations.ts";
import { readFeed } from "../news/read-feed.ts";
import { type Change, changesBetween, linesOf } from "../pages/changes.ts";
import type { Item, Job } from "./job.ts";

const NAME = "watch-pages";
const BYTES_MAX = 3_000_000;
const DEADLINE_MS = 20_000;
/** Lines of a change that are shown; the rest is counted. */
const SHOWN_MAX = 8;
const SHOWN_CHARACTERS_MAX = 160;

type Deps = { notes: Jobs; egress: Egress; settings: Automations };
type Seen = { page: string; lines: string[]; change: Change | undefined };

/** Lacuna's watch: reads the person's pages and feeds twice a day and shows what changed on them, line by line. */
export function watchPages({ notes, egress, settings: { pages } }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "15 7,17 * * *" },
    purpose: "tells what changed on the pages you watch, line by line",
    timeoutMs: 20 * 60_000,
    missed: { kind: "once" },
    jitterMs: 5 * 60_000,
    agent: "lacuna",
    needs: [{ what: "pages", missing: () => (pages.length > 0 ? undefined : "pages in automations.json") }],
    async run(signal) {
      const seen: Seen[] = [];
      const problems: string[] = [];
      for (const page of pages) {
        try {
          const lines = await read(page, signal);
          const before = await notes.recall(NAME, keyOf(page));
          const change = before === undefined ? undefined : changesBetween(JSON.parse(before) as string[], lines);
          seen.push({ page, lines, change });
        } catch (error) {
          signal.throwIfAborted();
          problems.push(messageOf(error));
        }
      }
      if (seen.length === 0) throw new Error(problems.join("; "));
      const changed = seen.filter(({ change }) => change !== undefined && change.gone.length + change.come.length > 0);
      const first = seen.filter(({ change }) => change === undefined).length;
      const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
      const begun = first > 0 ? `; ${first} read for the first time` : "";
      return {
        changed: changed.length > 0,
        severity: "notable",
        summary: `${changed.length} of ${pages.length} pages changed${begun}${trouble}`,
        items: changed.flatMap(({ page, change }) => (change === undefined ? [] : [itemOf(page, change)])),
        evidence: changed.map(({ page }) => page),
        counters: { pages: pages.length, changed: changed.length, problems: problems.length },
        notes: seen.map(({ page, lines }) => ({ key: keyOf(page), value: JSON.stringify(lines) })),
      };
    },
  };

  async function read(page: string, signal: AbortSignal): Promise<string[]> {
    const headers = { "user-agent": "KAOS", accept: "text/html, application/xml, text/plain, */*" };
    const got = await egress.fetch(page, { signal, headers, bytesMax: BYTES_MAX, deadlineMs: DEADLINE_MS });
    if (!got.fetched) throw new Error(got.because);
    // An error page is no change of the page.
    if (got.status !== 200) throw new Error(`${URL.parse(page)?.host} answered ${got.status}`);
    const text = got.body.toString("utf8");
    const feed = looksLikeHtml(text) ? undefined : readFeed(text, page);
    if (feed?.read === true) return linesOf(feed.stories.map(({ title }) => title).join("\n"));
    const lines = linesOf(looksLikeHtml(text) ? await readHtml(text) : text);
    if (lines.length === 0) throw new Error(`${URL.parse(page)?.host} has no words to compare`);
    return lines;
  }
}

function itemOf(page: string, { gone, come }: Change): Item {
  const lines = [...gone.map((line) => `− ${line}`), ...come.map((line) => `+ ${line}`)];
  const rest = lines.length - SHOWN_MAX;
  const shown = lines.slice(0, SHOWN_MAX).map((line) => cut(line, SHOWN_CHARACTERS_MAX));
  return {
    title: URL.parse(page)?.host ?? page,
    url: page,
    text: [...shown, ...(rest > 0 ? [`… and ${rest} more lines`] : [])].join("\n"),
  };
}

function keyOf(page: string): string {
  return createHash("sha256").update(page).digest("base64url").slice(0, 22);
}
