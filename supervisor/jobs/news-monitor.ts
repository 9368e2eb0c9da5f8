import { createHash } from "node:crypto";
import type { Clock } from "../../shared/base/index.ts";
import type { Jobs } from "../../shared/ledger/index.ts";
import type { Egress } from "../../shared/security/index.ts";
import type { Automations } from "../automations.ts";
import { type News, rankNews } from "../news/rank.ts";
import { type Addresses, PUBLIC, readSources } from "../news/sources.ts";
import type { Searching } from "../searching.ts";
import type { Job } from "./job.ts";

type Deps = {
  notes: Jobs;
  clock: Clock;
  egress: Egress;
  settings: Automations;
  searching: Searching;
  addresses?: Addresses;
};

const NAME = "news-monitor";
/** What a person reads over breakfast. */
const NEWS_MAX = 8;

/** Reads the watch-list every morning and tells what is new on it, once. */
export function newsMonitor({ notes, clock, egress, settings, searching, addresses = PUBLIC }: Deps): Job {
  const { feeds, hackerNews, releases, searches, topics } = settings;
  const sources = feeds.length + releases.length + searches.length + (hackerNews ? 1 : 0);
  return {
    name: NAME,
    schedule: { cron: "30 8 * * *" },
    purpose: "reads your feeds, Hacker News, releases and searches, and tells what is new on your topics",
    timeoutMs: 10 * 60_000,
    missed: { kind: "within", ms: 8 * 3_600_000 },
    retries: { max: 2, firstMs: 10 * 60_000 },
    jitterMs: 120_000,
    needs: [
      {
        what: "a watch-list",
        missing: () => (sources > 0 ? undefined : "feeds, hackerNews, releases or searches in automations.json"),
      },
      // Only whoever wants to search needs an engine.
      ...(searches.length > 0 ? [searching.need] : []),
    ],
    async run(signal) {
      const { stories, problems } = await readSources(egress, settings, { addresses, searching }, signal);
      // Nothing could be read at all: that is a failure, not a quiet day.
      if (problems.length === sources) throw new Error(problems.join("; "));
      const ranked = rankNews(stories, { topics, now: clock.now() });
      const known = new Set(
        await notes.known(
          NAME,
          ranked.flatMap(({ lead }) => keysOf(lead)),
        ),
      );
      const fresh = ranked.filter(({ lead }) => !keysOf(lead).some((key) => known.has(key)));
      const told = fresh.slice(0, NEWS_MAX);
      const counters = { stories: stories.length, new: fresh.length, told: told.length, problems: problems.length };
      const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
      if (told.length === 0)
        return { changed: false, summary: `nothing new among ${stories.length} stories${trouble}`, counters };
      return {
        changed: true,
        severity: "notable",
        summary: `${told.length} new among ${stories.length} stories${trouble}`,
        items: told.map(itemOf),
        evidence: told.map(({ lead }) => lead.url),
        counters,
        notes: told.flatMap(({ lead }) => keysOf(lead).map((key) => ({ key, value: lead.title }))),
      };
    },
  };
}

function itemOf({ lead, sources, topics }: News) {
  const why = [
    sources.length === 1 ? (sources[0] ?? "") : `${sources.length} sources: ${sources.join(", ")}`,
    ...(topics.length > 0 ? [`about ${topics.join(", ")}`] : []),
  ].join("; ");
  return { title: lead.title, url: lead.url, text: lead.text === "" ? why : `${lead.text} (${why})` };
}

/** A story is known by its address and by its headline: the same news comes back under other addresses. */
function keysOf({ url, title }: { url: string; title: string }): string[] {
  return [url, title.toLowerCase()].map((text) => createHash("sha256").update(text).digest("base64url").slice(0, 22));
}
