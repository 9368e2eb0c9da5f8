/** The Jobs view: what each job needs and did, and the buttons that run, pause and quieten it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TimetableLine } from "../../dashboard/view.ts";
import { MUTED } from "../../shared/ledger/index.ts";
import { member, openTestHome, type TestHome } from "./home.ts";

const EVIL = `<img src=x onerror="alert(1)">"'`;
let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;

function line(job: string, more: Partial<TimetableLine> = {}): TimetableLine {
  return {
    job,
    purpose: "reads your feeds",
    schedule: "30 8 * * * (UTC)",
    timeZone: "UTC",
    needs: [],
    state: "ready",
    because: "",
    nextAt: Date.UTC(2026, 0, 6, 8, 30),
    last: null,
    quietUntil: null,
    added: false,
    ...more,
  };
}

beforeEach(async () => {
  const blocked = {
    state: "blocked",
    because: "blocked: set feeds in automations.json",
    needs: ["a watch-list"],
  } as const;
  home = await openTestHome({ timetable: async () => [line("back-up"), line("news-monitor", blocked)] });
  person = await member(home);
});
afterEach(() => home.close());

const post = (path: string, form: Record<string, string>) => person.post(path, { csrf: person.csrf, ...form });
async function read(): Promise<string> {
  const page = await (await person.get("/jobs")).text();
  expect(page).not.toContain("<img");
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("each job says when it comes, what it needs and what came of it; what jobs said stands below with the reason", async () => {
  await home.ledger.occurrences.begin("back-up", 1);
  await home.ledger.occurrences.finish("back-up", 1, "failed", EVIL);
  await home.ledger.deliveries.say({
    job: "news-monitor",
    key: "k",
    severity: "info",
    agent: "kronos",
    room: "room:main",
    text: `${EVIL} [Bridge closed](https://a.example/bridge) [no](javascript:alert(1))`,
    state: "held",
    because: "it can wait for the digest",
    evidence: [`https://a.example/bridge ${EVIL}`],
    parts: [],
  });
  const page = await (await person.get("/jobs")).text();
  expect(page).toContain('<a href="https://a.example/bridge"');
  expect(page).not.toContain('href="javascript');
  const text = await read();
  expect(text).toContain("It stands on: https://a.example/bridge");
  expect(text).toMatch(/news-monitor blocked .*set feeds in automations.json.* needs a watch-list/);
  expect(text).toContain("failed");
  expect(text).toContain("it can wait for the digest");
});

test("the buttons ask for a run, pause over restarts, and keep a job quiet", async () => {
  expect((await post("/jobs/runs", { job: "back-up" })).status).toBe(303);
  expect(await home.ledger.occurrences.history("back-up", 5)).toMatchObject([{ state: "waiting", asked: "run" }]);
  expect((await post("/jobs/runs", { job: "back-up", asked: "dry" })).status).toBe(303);
  expect(await home.ledger.occurrences.history("back-up", 1)).toMatchObject([{ state: "waiting", asked: "dry" }]);
  expect((await post("/jobs/runs", { job: "back-up", asked: "twice" })).status).toBe(422);
  await post("/jobs/states", { job: "back-up", state: "pause" });
  expect(await home.ledger.controls.active()).toMatchObject([{ scope: "job", name: "back-up", by: "you" }]);
  await post("/jobs/states", { job: "back-up", state: "resume" });
  expect(await home.ledger.controls.active()).toEqual([]);
  await post("/jobs/states", { job: "back-up", state: "mute" });
  expect(await home.ledger.jobs.standing("back-up")).toMatchObject({ quietUntil: MUTED });
  await post("/jobs/states", { job: "back-up", state: "speak" });
  expect(await home.ledger.jobs.standing("back-up")).toMatchObject({ quietUntil: 0 });
});

test.each([[{ job: "no-such-job", state: "pause" }], [{ job: "back-up", state: "explode" }], [{}]])(
  "nonsense changes nothing: %j",
  async (form) => {
    expect((await post("/jobs/states", form)).status).toBeGreaterThanOrEqual(400);
    expect(await home.ledger.controls.active()).toEqual([]);
  },
);

test("what a person wants to be told is read first, and added once the reading is confirmed; it can be taken away", async () => {
  const words = "every weekday 8:30 stretch";
  const shown = await post("/jobs/added", { words });
  expect(await shown.text()).toMatch(/Understood: 30 8 \* \* 1-5 \(UTC\); next .* 08:30: stretch/);
  expect(await home.ledger.jobs.standings()).toEqual([]);
  // Other words than those that were shown are read anew.
  expect(await (await post("/jobs/added", { words, confirmed: "every day 8:30 stretch" })).text()).toContain(
    "Understood",
  );
  expect(await home.ledger.jobs.standings()).toEqual([]);
  await post("/jobs/added", { words, confirmed: words });
  expect(await home.ledger.jobs.standings()).toMatchObject([
    { name: "stretch", added: expect.stringContaining("30 8 * * 1-5") },
  ]);
  expect((await post("/jobs/added", { words: `soon ${EVIL}` })).status).toBeGreaterThanOrEqual(400);
  expect((await post("/jobs/removed", { job: "back-up" })).status).toBeGreaterThanOrEqual(400);
  await post("/jobs/removed", { job: "stretch" });
  expect(await home.ledger.jobs.standings()).toEqual([]);
});

test("what a job cost and how often it came to nothing stand beside it", async () => {
  const { ledger, clock } = home;
  const call = { agent: "kronos", message: null, by: "deepseek", inputTokens: 9, cachedTokens: 0, outputTokens: 9 };
  await ledger.spend.add({ ...call, purpose: "news-monitor", costUsd: 0.25 });
  await ledger.spend.add({ ...call, purpose: "vectors", costUsd: 4 });
  const dueAt = clock.now() - 60_000;
  await ledger.occurrences.begin("news-monitor", dueAt);
  await ledger.occurrences.finish("news-monitor", dueAt, "failed", "no network");
  expect(await read()).toMatch(/needs a watch-list · \$0\.25 in 30 days · 1 failed in 7 days/);
});

test("without a supervisor the page says how to get one", async () => {
  const alone = await openTestHome();
  const page = await (await (await member(alone)).get("/jobs")).text();
  await alone.close();
  expect(page).toContain("kaos up");
});
