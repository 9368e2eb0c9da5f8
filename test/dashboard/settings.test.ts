/** What Settings and MCP Servers say is what is in force, who said so, and never a secret. */
import { utimesSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { beat } from "./day.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";
import { configureServers, reportServers, SERVERS, work } from "./work.ts";

let home: TestHome;
afterEach(() => home.close());

async function read(path: string): Promise<{ page: string; text: string }> {
  const page = await (await (await member(home)).get(path)).text();
  return { page, text: page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
}

test("every gate stands there with its variable, closed until somebody opens it, and why", async () => {
  home = await openTestHome({ raw: { ENABLE_SERVER_OPS: "true", ENABLE_DYNAMIC_TOOLS: "false" } });
  const { text } = await read("/settings");
  expect(text).toMatch(
    /server-ops open Open: .* because the environment sets ENABLE_SERVER_OPS=true\. ENABLE_SERVER_OPS=false in \.env/,
  );
  expect(text).toMatch(
    /dynamic-tools closed If it were open: .* because the environment sets ENABLE_DYNAMIC_TOOLS=false\. ENABLE_DYNAMIC_TOOLS=true in/,
  );
  expect(text).toMatch(
    /dynamic-tools-unsandboxed closed .* because REQUIRE_DYNAMIC_TOOL_SANDBOX is not set\. REQUIRE_DYNAMIC_TOOL_SANDBOX=false in/,
  );
  expect(text.match(/It is closed because/g)).toHaveLength(4);
});

test("every value has its source, and a secret is only set or not set", async () => {
  const raw = {
    SWARM_PACE: "0.5",
    LOG_LEVEL: "<your level>",
    TELEGRAM_API_HASH: "0123456789abcdef0123",
    TELEGRAM_PROXY: "socks5://me:secret-word@127.0.0.1:9",
    DEEPSEEK_API_KEY: "sk-secret-deepseek",
    PROVIDER_OWN_BASE_URL: "https://models.example.org/v1",
    PROVIDER_OWN_API_KEY: "secret-own-key",
    PROVIDER_OWN_MODEL: "big-one",
    UNRELATED_TOKEN: "secret-unrelated",
    KAOS_STANDARD_CHAIN: "deepseek,own",
    KAOS_LITE_CHAIN: "groq",
  };
  const { LOG_LEVEL: _, ...sound } = raw;
  home = await openTestHome({ raw: { ...sound, LOG_LEVEL: "<your level>" } });
  const { text, page } = await read("/settings");
  expect(text).toMatch(/SWARM_PACE 0\.5 the environment .* The default is 1\./);
  expect(text).toMatch(/LOG_LEVEL info the default/);
  expect(text).toMatch(/TELEGRAM_API_HASH set the environment/);
  expect(text).toMatch(/TELEGRAM_PROXY set the environment/);
  expect(text).toMatch(/DEEPSEEK_API_KEY set the environment/);
  expect(text).toMatch(/PROVIDER_OWN_API_KEY set the environment/);
  expect(text).toMatch(/PROVIDER_OWN_MODEL big-one the environment/);
  expect(page).not.toMatch(/secret-|0123456789abcdef|UNRELATED/);
  expect(text).toMatch(
    /first deepseek api\.deepseek\.com deepseek-flash set DEEPSEEK_API_KEY \$0\.30 \$1\.20 listed if that fails own models\.example\.org big-one set/,
  );
  expect(text).toContain("groq needs a key: set GROQ_API_KEY");
});

test("without any setting the offline model answers, and it says so", async () => {
  home = await openTestHome();
  expect((await read("/settings")).text).toContain("The offline model answers: prepared lines, no thinking, no cost.");
});

test("what a policy says stands with its line, and the environment's no to a gate wins over its yes", async () => {
  home = await openTestHome({
    raw: { ENABLE_SERVER_OPS: "false" },
    policy: "gates:\n  server-ops: open\n  mcp-management: open\nbudgets:\n  day-usd: 2\n",
  });
  const { text } = await read("/settings");
  expect(text).toMatch(/server-ops closed .* because the environment sets ENABLE_SERVER_OPS=false/);
  expect(text).toMatch(/mcp-management open .* because policy\.yaml, line 3 sets ENABLE_MCP_GATEWAY_MANAGEMENT=true/);
  expect(text).toMatch(/DAILY_LIMIT_USD 2 policy\.yaml, line 5 .* In a policy: budgets\.day-usd/);
  expect(text).toMatch(/ENABLE_SERVER_OPS false the environment not policy\.yaml, line 2: true/);
});

test("how providers stand is what agents say: not asked yet, answering, failed, left alone", async () => {
  home = await openTestHome();
  const { ledger, clock } = home;
  expect((await read("/settings")).text).toContain("No agent has said which models it asks yet.");
  const link = { tier: "standard", failures: 0, restUntil: 0, answered: null, failed: null } as const;
  const now = clock.now();
  const [fast, slow] = [
    { ...link, place: 1, provider: "groq", model: "fast" },
    { ...link, place: 2, provider: "own", model: "<img onerror>" },
  ];
  const failed = { at: now, failure: "rate limited", because: "groq/fast limits our rate (HTTP 429)" };
  await ledger.providers.report("kronos", [{ ...fast, answered: { at: now, latencyMs: 321 } }, slow]);
  expect((await read("/settings")).text).toMatch(
    /standard 1 groq fast answers \d\d:\d\d 321 ms none standard 2 own &lt;img onerror&gt; not asked yet none yet – none/,
  );
  await ledger.providers.report("nexus", [{ ...fast, failures: 3, restUntil: now + 30_000, failed }, slow]);
  expect((await read("/settings")).text).toMatch(
    /groq fast left alone by 1 of 2 \d\d:\d\d 321 ms \d\d:\d\d rate limited groq\/fast limits our rate \(HTTP 429\)/,
  );
  clock.tick(31_000);
  expect((await read("/settings")).text).toContain("failed last for 1 of 2: the next call tries it");
});

test("an agent is paused and resumed; whom nobody knows is not", async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  const person = await member(home);
  const post = (path: string, form: Record<string, string>) => person.post(path, { csrf: person.csrf, ...form });
  expect((await post("/settings/pauses", { name: "kronos" })).headers.get("location")).toBe("/settings#pauses");
  expect(await home.ledger.controls.active()).toMatchObject([
    { scope: "agent", name: "kronos", by: "you", until: null },
  ]);
  expect((await read("/settings")).text).toMatch(/kronos \d\d:\d\d somebody resumes you Resume/);
  expect((await post("/settings/pauses", { name: "ghost" })).status).toBe(422);
  await post("/settings/resumptions", { scope: "agent", name: "kronos" });
  await post("/settings/resumptions", { scope: "universe", name: "kronos" });
  expect(await home.ledger.controls.active()).toEqual([]);
});

test("what an agent's process says of its servers is shown, and what nobody can know is said so", async () => {
  home = await openTestHome({ servers: SERVERS, raw: { OTHER: "x" } });
  await arrive(home.ledger);
  await work(home);
  await beat(home.ledger);
  await home.ledger.agents.leave("lacuna", 1);
  utimesSync(home.files.mcp, 1, 1);
  const { text } = await read("/mcp");
  expect(text).toMatch(/files program npx -y @modelcontextprotocol\/server-filesystem \/srv\/notes/);
  expect(text).toMatch(
    /lacuna unknown lacuna is down nexus ok \d h \d+ min 2 \d+ (\d+ MiB|–) (\d+ )?answers \(secure-filesystem-server 0\.2\.0\)/,
  );
  expect(text).toMatch(/tracker TRACKER_TOKEN is not set host mcp\.example\.org/);
  expect(text).toMatch(/nexus broken .* it does not answer; tried again in 8 s; fell 3 times within ten minutes/);
  expect(text).toMatch(/kaos mcp approve tracker/);
  expect(text).toMatch(/old switched off in mcp\.json/);
  expect(text).not.toContain("was changed since");
  utimesSync(home.files.mcp, new Date(), new Date(home.clock.now() + 60_000));
  expect((await read("/mcp")).text).toContain("mcp.json was changed since");
});

test("what the environment put into mcp.json is nowhere on the page", async () => {
  home = await openTestHome({
    servers: { nexus: ["files", "gone"] },
    raw: { ROOT_FOLDER: "/srv/private", HOST: "x.example.org" },
  });
  await arrive(home.ledger);
  configureServers(home.files, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how the file names a variable
    files: { command: "node", args: ["${ROOT_FOLDER}/server.js"] },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how the file names a variable
    far: { url: "https://${HOST}/mcp" },
  });
  const { text, page } = await read("/mcp");
  expect(text).toContain("node [set]/server.js");
  expect(page).not.toMatch(/private|x\.example\.org/);
  expect(text).toContain("nexus asks for the server “gone”, and mcp.json has none of this name.");
  expect(text).toMatch(/nexus has not said anything about its servers yet/);
  reportServers(home.files, "nexus", 1, [{ name: "files", because: "answers" }]);
  expect((await read("/mcp")).text).toContain("nexus has not said anything since it came up");
});

test("a file that cannot be used says which entry, and the page lives", async () => {
  home = await openTestHome();
  configureServers(home.files, { "Bad Name": { command: "x" } });
  expect((await read("/mcp")).text).toContain("mcpServers.Bad Name: a name has 2 to 31 small letters");
});
