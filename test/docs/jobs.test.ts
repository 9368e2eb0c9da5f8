import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tellSchedule } from "../../shared/schedule/index.ts";
import { createEgress } from "../../shared/security/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { jobs } from "../../supervisor/jobs/index.ts";
import { createMinds } from "../../supervisor/minds.ts";
import { createSearching } from "../../supervisor/searching.ts";
import { openTestLedger, standingClock } from "../doubles/ledger.ts";

/** Every field once; the test below reads it as a person's file. */
const EXAMPLE = {
  timeZone: "Europe/Berlin",
  quietHours: { from: "22:00", to: "07:30" },
  digestAt: "09:30",
  messagesPerDayMax: 6,
  room: "room:main",
  agent: "kronos",
  topics: ["SQLite", "type systems"],
  feeds: ["https://example.org/feed.xml"],
  hackerNews: true,
  releases: ["nodejs/node"],
  searches: ["SQLite release"],
  pages: ["https://example.org/pricing"],
  groups: ["telegram:-1001234567890"],
  tickers: ["MSFT"],
  people: ["maintainers of database engines"],
  metrics: [
    { name: "visitors", url: "https://example.org/stats.json", at: "data.today", worse: "down" },
    { name: "orders", file: "/srv/shop.db", sql: "SELECT count(*) FROM orders", worse: "down" },
    { name: "unread", server: "gmail", tool: "count_unread", input: {}, at: "unread", worse: "up" },
  ],
  repositories: ["/home/you/shop"],
  mail: {
    server: "gmail",
    search: { tool: "search_emails", input: { query: "newer_than:7d (receipt OR invoice OR order)", maxResults: 50 } },
    read: { tool: "read_email", input: {} },
    id: "messageId",
  },
  trusted: ["http://192.168.1.10:8080"],
};

/** The page is written by this test: `npm test -- -u test/docs` after a change. */
test("docs/jobs.md has a row for every job", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  const all = jobs({
    ledger,
    clock,
    home: { folder: "data", logs: "data/logs", backups: "data/backups" },
    settings: readAutomations("nowhere"),
    delivery: { sendDigest: async () => undefined },
    egress: createEgress(),
    searching: createSearching(createEgress().fetch, { braveApiKey: "", exaApiKey: "", searxngUrl: "" }),
    minds: createMinds({ ledger, clock, first: "kronos" }),
    messagesKeptMs: 90 * 86_400_000,
  });
  const rows = all.map(({ name, schedule, purpose, needs = [] }) => {
    const missing = needs.flatMap((need) => need.missing() ?? []);
    const when = tellSchedule(schedule, "").replace(" ()", "");
    return `| ${name} | \`${when}\` | ${purpose} | ${missing.join("; ")} |`;
  });
  const page = `# Jobs

What runs by itself. The supervisor keeps time; every due instant becomes one row of the ledger before it runs, so that it runs once, also with two supervisors and over restarts. Work that needs an agent's mind or memory is an assignment to that agent, and the occurrence ends when the assignment does.

\`kaos jobs\` lists them with what they need and how they stand, the Jobs view does the same; \`run\`, \`pause\`, \`resume\`, \`mute\`, \`history\`, \`gaps\`, \`why\` do what they say. A job whose needs are not set is **blocked** and says what to set.

| job | when, in your zone | what it does | blocked until you set |
|---|---|---|---|
${rows.join("\n")}

Times are cron expressions (minute, hour, day, month, weekday). On the night of a clock change a time that is left out comes when the gap ends, one that comes twice comes once. What was missed while nothing ran is made up for once, within a time, or not at all, each job as it is useful; \`kaos jobs gaps\` shows what was missed.

## Whether you are disturbed

A job finds things; the delivery layer decides. Urgent: at once. Notable: at once, unless it is night, or you got \`messagesPerDayMax\` messages of jobs today. Everything else waits for one digest a day, in each room that it is for; what does not fit into it waits for the next. Under each message stands why you got it; \`kaos jobs why <number>\` adds what it stands on, \`kaos jobs mute <job>\` ends it. After three failures in a row you are told once, the job is left alone for a while, and once more when it works again.

## Your own

\`kaos jobs add "every weekday 8:30 stretch"\`, the form of the Jobs view, or asking an agent in the chat. With \`--agent kronos\` the agent does what the words say, with your authority and the policy of that moment, and tells what came of it. What was for once leaves the timetable three days after its moment.

## automations.json

What the jobs watch, in the home; every field may be left out, and what is nonsense in it is named by \`kaos jobs\` and keeps nothing else from working. Lists are empty unless you fill them. \`metrics\` are numbers from an address that answers JSON, a SQLite file, or a tool of an MCP server; \`mail\` names the tools of the MCP server that reads your mail, which must be in \`mcp.json\` and in the \`mcpServers\` of nexus.

\`\`\`json
${JSON.stringify(EXAMPLE, undefined, 2)}
\`\`\`

Keys are variables ([configuration.md](configuration.md)): \`BRAVE_API_KEY\`, \`EXA_API_KEY\` or \`SEARXNG_URL\` for searches; \`NOTION_API_KEY\` with \`NOTION_TASKS_DB\` for tasks that the heartbeat watches, and with \`NOTION_EXPENSES_DB\` for booked purchases (columns Name, Amount, Currency, Category, Date, Receipt).
`;
  await expect(page).toMatchFileSnapshot("../../docs/jobs.md");
});

test("the example of automations.json is read without a complaint", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "automations.json");
  writeFileSync(file, JSON.stringify(EXAMPLE));
  const { problems, ...read } = readAutomations(file);
  expect(problems).toEqual([]);
  expect(read).toEqual(EXAMPLE);
});
