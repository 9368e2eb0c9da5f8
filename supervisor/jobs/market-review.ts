import { z } from "zod";
import { cut } from "../../shared/base/index.ts";
import type { Finding } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Minds } from "../minds.ts";
import { plain } from "../news/read-feed.ts";
import type { Searching } from "../searching.ts";
import type { Job } from "./job.ts";

const NAME = "market-review";
const HITS_PER_TICKER = 5;
const TEXT_CHARACTERS_MAX = 300;
const MIND_MS = 10 * 60_000;

type Deps = { settings: Automations; searching: Searching; minds: Minds };
type Headline = { title: string; url: string; text: string };

/** The week's news on each of the person's tickers, what they mean for it and what to check. Never what to buy or sell. */
export function marketReview({ settings: { tickers }, searching, minds }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 18 * * 5" },
    purpose: "tells the week's news on your tickers, their mood and what to check; never what to buy or sell",
    timeoutMs: MIND_MS + 10 * 60_000,
    missed: { kind: "within", ms: 2 * 24 * 3_600_000 },
    agent: "nexus",
    goesOn: true,
    needs: [
      { what: "tickers", missing: () => (tickers.length > 0 ? undefined : "tickers in automations.json") },
      searching.need,
    ],
    async run(signal, run) {
      const found: { ticker: string; headlines: Headline[] }[] = [];
      const problems: string[] = [];
      for (const ticker of tickers) {
        const answer = await searching.search(`${ticker} stock news this week`, HITS_PER_TICKER, signal);
        if (!answer.found) problems.push(`${ticker}: ${answer.because}`);
        else if (answer.hits.length > 0) found.push({ ticker, headlines: answer.hits.map(headlineOf) });
      }
      if (problems.length === tickers.length) throw new Error(problems.join("; "));
      const counters = { tickers: tickers.length, withNews: found.length, problems: problems.length };
      if (found.length === 0) return { changed: false, summary: "no news on any of your tickers", counters };
      const read = run.dryRun ? headlinesOnly(found) : await readings(found);
      const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
      return { ...read, summary: `${found.length} of ${tickers.length} tickers had news${trouble}`, counters };

      async function readings(news: typeof found): Promise<Finding> {
        const agent = await minds.nearest("nexus", NAME);
        if (agent === undefined) return headlinesOnly(news);
        const sources = [
          { label: "owner", from: `the job ${NAME}` },
          { label: "outside", from: "search results" },
        ];
        return minds.ask({ job: NAME, agents: [agent], data: news, sources, withinMs: MIND_MS }, run, signal);
      }
    },
  };
}

function headlineOf({ title, url, text }: Headline): Headline {
  return { title: plain(title, TEXT_CHARACTERS_MAX), url, text: plain(text, TEXT_CHARACTERS_MAX) };
}

const webAddress = z.url({ protocol: /^https?$/ });

function headlinesOnly(found: readonly { ticker: string; headlines: Headline[] }[]): Finding {
  return {
    changed: true,
    severity: "info",
    summary: "",
    items: found.flatMap(({ ticker, headlines: [first] }) =>
      first === undefined
        ? []
        : [
            {
              title: cut(`${ticker}: ${first.title}`, 300),
              ...(webAddress.safeParse(first.url).success && { url: first.url }),
            },
          ],
    ),
    evidence: found.flatMap(({ headlines }) => headlines.map(({ url }) => url)),
  };
}
