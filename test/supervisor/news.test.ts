import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createEgress } from "../../shared/security/index.ts";
import { type Automations, readAutomations } from "../../supervisor/automations.ts";
import { createDelivery } from "../../supervisor/delivery/delivery.ts";
import { blockedBecause, type JobResult } from "../../supervisor/jobs/index.ts";
import { newsMonitor } from "../../supervisor/jobs/news-monitor.ts";
import { rankNews } from "../../supervisor/news/rank.ts";
import { readFeed } from "../../supervisor/news/read-feed.ts";
import { createSearching } from "../../supervisor/searching.ts";
import { openTestLedger, standingClock } from "../doubles/ledger.ts";
import { slowOn } from "../growth.ts";

const { signal } = new AbortController();
const NOW = Date.UTC(2026, 0, 5, 9);
const RFC = new Date(NOW - 3_600_000).toUTCString();
const ISO = new Date(NOW - 3_600_000).toISOString();

const RSS = `<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>
  <item><title>SQLite 4 released with &lt;b&gt;row&lt;/b&gt; locks &amp; more</title><link>https://one.example/sqlite-4</link>
    <description><![CDATA[<p>Writers no longer wait.</p><script>steal()</script>]]></description><pubDate>${RFC}</pubDate></item>
  <item><title>Weather</title><link>https://one.example/weather</link><pubDate>${RFC}</pubDate></item>
</channel></rss>`;
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>SQLite 4 released with row locks and more</title>
  <link rel="self" href="/self"/><link rel="alternate" href="/news/sqlite"/><updated>${ISO}</updated><summary>Long awaited.</summary></entry></feed>`;
const JSON_FEED = JSON.stringify({
  version: "https://jsonfeed.org/version/1.1",
  items: [
    {
      id: "1",
      url: "https://three.example/a",
      title: "Postgres tips",
      content_text: "Ten of them",
      date_published: ISO,
    },
  ],
});

async function serve(answers: Readonly<Record<string, string | RequestListener>>): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? "").split("?")[0] ?? ""];
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === "string") response.end(answer);
    else answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function monitor(origin: string, watched: Partial<Automations>) {
  const clock = standingClock(NOW);
  const { ledger, path, close } = await openTestLedger(clock);
  onTestFinished(close);
  const settings = { ...readAutomations(join(path, "none")), ...watched };
  const addresses = { hackerNews: `${origin}/hn`, github: `${origin}/gh` };
  const job = newsMonitor({
    notes: ledger.jobs,
    clock,
    egress: createEgress({ trusted: [origin] }),
    settings,
    addresses,
    searching,
  });
  const delivery = createDelivery({ ledger, clock, settings: () => settings });
  return { ...job, tell: (found: JobResult) => delivery.deliver(job, found, NOW) };
}
const searching = createSearching(createEgress().fetch, { braveApiKey: "", exaApiKey: "", searxngUrl: "" });
const RUN = { dueAt: NOW, dryRun: false };

describe("news-monitor", () => {
  test("tells what is new on the person's topics, from every kind of source, once", async () => {
    const origin = await serve({
      "/rss": RSS,
      "/atom": ATOM,
      "/json": JSON_FEED,
      "/hn/v0/topstories.json": "[7,8]",
      "/hn/v0/item/7.json": JSON.stringify({
        id: 7,
        type: "story",
        title: "Show HN: an SQLite browser",
        url: "https://four.example/",
        score: 240,
        time: NOW / 1_000 - 60,
      }),
      "/hn/v0/item/8.json": "null",
      "/gh/repos/honojs/hono/releases": JSON.stringify([
        {
          tag_name: "v5.0.0-rc",
          html_url: "https://github.com/honojs/hono/releases/rc",
          prerelease: true,
          published_at: ISO,
        },
        {
          name: "v4.9.0",
          tag_name: "v4.9.0",
          html_url: "https://github.com/honojs/hono/releases/v4.9.0",
          body: "Fixes",
          published_at: ISO,
        },
      ]),
    });
    const job = await monitor(origin, {
      feeds: ["rss", "atom", "json"].map((name) => `${origin}/${name}`),
      hackerNews: true,
      releases: ["honojs/hono"],
      topics: ["sqlite"],
    });
    const first = await job.run(signal, RUN);
    expect(first).toMatchObject({ changed: true, severity: "notable" });
    // One source repeats the other's headline on the same host: grouped, told once, with the best address.
    expect(first.items?.map(({ title }) => title)).toEqual([
      "Show HN: an SQLite browser",
      "SQLite 4 released with row locks & more",
      "honojs/hono v4.9.0",
    ]);
    expect(JSON.stringify(first.items)).not.toContain("steal");
    // Nobody was told yet.
    expect(await job.run(signal, RUN)).toEqual(first);
    await job.tell(first);
    expect(await job.run(signal, RUN)).toMatchObject({ changed: false });
  });

  test("without a watch-list it is blocked and says what to set", async () => {
    const job = await monitor("http://127.0.0.1:1", {});
    expect(blockedBecause(job)).toBe("blocked: set feeds, hackerNews, releases or searches in automations.json");
  });

  test("one bad source is told and keeps no other from being read; nothing but bad ones is a failure", async () => {
    const origin = await serve({
      "/rss": RSS,
      "/page": "<html><body>no feed</body></html>",
      "/huge": (_request, response) => {
        response.on("error", () => {});
        response.end(Buffer.alloc(4_000_000, "x"));
      },
    });
    const bad = ["page", "huge", "gone"].map((name) => `${origin}/${name}`);
    const told = await (await monitor(origin, { feeds: [...bad, `${origin}/rss`] })).run(signal, RUN);
    expect(told).toMatchObject({ changed: true, counters: { problems: 3 } });
    expect(told.summary).toMatch(/no feed.*larger than 3000000 bytes.*answered 404/);
    await expect((await monitor(origin, { feeds: bad })).run(signal, RUN)).rejects.toThrow(/no feed/);
  });

  test("an address inside the operator's network is not fetched unless it is trusted", async () => {
    const origin = await serve({ "/rss": RSS });
    const clock = standingClock(NOW);
    const { ledger, path, close } = await openTestLedger(clock);
    onTestFinished(close);
    const settings = { ...readAutomations(join(path, "none")), feeds: [`${origin}/rss`] };
    const job = newsMonitor({ notes: ledger.jobs, clock, egress: createEgress(), settings, searching });
    await expect(job.run(signal, RUN)).rejects.toThrow(/not on the open internet/);
  });
});

describe("feeds", () => {
  test.each([
    [
      "unclosed",
      "<rss><channel><item><title>One<link>https://a.example/1</link><item><title>Two</title><link>https://a.example/2</link>",
    ],
    [
      "entities of its own",
      '<!DOCTYPE x [<!ENTITY a "boom">]><rss><item><title>&a;&#0;&#xD800;ok</title><link>https://a.example/</link></item></rss>',
    ],
    ["nested without end", `<rss>${"<item>".repeat(50_000)}`],
    ["angle brackets", `<rss>${"<".repeat(200_000)}`],
    ["half a comment", `<rss><!--${"-".repeat(200_000)}`],
    ["bad JSON", '{"items": [{"title": 3}, null, "x", {"title":"t","url":"javascript:alert(1)"}]}'],
    ["broken JSON", '{"items": ['],
    ["nothing", ""],
  ])("read what they can of a feed with %s", (_name, body) => {
    const read = readFeed(body, "https://a.example/feed");
    for (const { url } of read.read ? read.stories : []) expect(url).toMatch(/^https?:/);
  });

  test.each(["<item>", "<", "<!--", "-", "<rss><channel>", "<![CDATA[", "&amp;"])(
    "the time grows with the feed, not faster: %j over and over",
    async (piece) => {
      expect(await slowOn((text) => readFeed(`<rss>${text}`, "https://a.example/feed"), piece)).toBeUndefined();
    },
  );

  test("of a flood the newest stories and every release are ranked, in a time that a flood does not lengthen", async () => {
    const flood = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        title: ["place", "thing", "day", "word", "end"].map((word) => `${word}${n}`).join(" "),
        url: `https://a.example/${n}`,
        text: "",
        source: "a.example",
        at: NOW - n,
        points: 0,
      }));
    const release = {
      title: "hono v5",
      url: "https://b.example/",
      text: "",
      source: "github.com/honojs/hono",
      at: NOW - 86_400_000,
      points: 0,
    };
    const ranked = rankNews([...flood(5_000), release], { topics: [], now: NOW });
    expect(ranked).toHaveLength(1_000);
    expect(ranked.map(({ lead }) => lead.url)).toContain("https://a.example/998");
    expect(ranked.map(({ lead }) => lead.url)).not.toContain("https://a.example/999");
    expect(ranked.some(({ sources }) => sources.includes("github.com/honojs/hono"))).toBe(true);
    const rank = (text: string) => rankNews(flood(text.length), { topics: ["place7"], now: NOW });
    expect(await slowOn(rank, "x", 1_000)).toBeUndefined();
  });

  test("what several sources tell outranks what one tells, and old stories are no news", () => {
    const story = (source: string, title: string, at = NOW) => ({
      title,
      url: `https://${source}/${title.length}`,
      text: "",
      source,
      at,
      points: 0,
    });
    const ranked = rankNews(
      [
        story("a.example", "A quiet day at the lake"),
        story("b.example", "Harbour bridge closed after storm damage"),
        story("c.example", "Harbour bridge closed after the storm damage"),
        story("d.example", "Last week's election results", NOW - 7 * 86_400_000),
      ],
      { topics: [], now: NOW },
    );
    expect(ranked.map(({ sources }) => sources.length)).toEqual([2, 1]);
  });
});
