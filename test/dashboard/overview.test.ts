/** The Overview: what is out of the ordinary and how it is acknowledged, and pausing one agent; a view that fails takes no other with it. */
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { arrive, member, openTestHome, SIX, stoppedClock, type TestHome } from "./home.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
let brokenTimetable = false;
beforeEach(async () => {
  brokenTimetable = false;
  home = await openTestHome({
    clock: stoppedClock(Date.UTC(2026, 0, 5, 12)),
    timetable: async () => {
      if (brokenTimetable) throw new Error("the timetable cannot be read");
      return [];
    },
  });
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

async function read(path = "/"): Promise<string> {
  return (await (await person.get(path)).text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}
async function unusual(): Promise<string> {
  return /Out of the ordinary(.*?)Waits for you/.exec(await read())?.[1]?.trim() ?? "";
}

test("a quiet swarm has nothing out of the ordinary, and says what is looked at", async () => {
  expect(await unusual()).toMatch(/^Nothing\. Processes, failures, answer times, money, jobs and providers/);
});

test("a process that is gone without a goodbye, one that starts again and again, and money that runs out are told", async () => {
  const [first] = SIX;
  if (first === undefined) throw new Error("there are six");
  for (let start = 0; start < 2; start++) await home.ledger.agents.arrive(first, 5_000 + start);
  expect(await unusual()).toMatch(/impulse Seen started 3 times within an hour/);
  const call = { agent: "nexus", purpose: "answer", message: null, by: "deepseek" };
  await home.ledger.spend.add({ ...call, inputTokens: 1, cachedTokens: 0, outputTokens: 1, costUsd: 5.1 });
  expect(await unusual()).toMatch(/money Seen the limit of \$5\.00 until 00:00 UTC is spent/);
  home.clock.tick(20_000);
  expect(await unusual()).toMatch(/keystone Seen has not been heard of for \d+ s and did not say goodbye/);
  await home.ledger.agents.leave("keystone", 1);
  expect(await unusual()).not.toContain("keystone");
});

test("the money shown is that of the day which the limit counts, in whatever zone this machine is", async () => {
  const zone = process.env["TZ"];
  onTestFinished(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });
  process.env["TZ"] = "Pacific/Kiritimati";
  // Here it is the evening of the 5th, and of the budget's day it was two hours.
  const clock = stoppedClock(Date.UTC(2026, 0, 4, 20));
  const far = await openTestHome({ clock, raw: { KAOS_API_KEYS: "grafana:secret-of-grafana-0123456789" } });
  onTestFinished(() => far.close());
  const call = { agent: "nexus", purpose: "answer", message: null, by: "deepseek" };
  const tokens = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  await far.ledger.spend.add({ ...call, ...tokens, costUsd: 4.5 });
  clock.tick(6 * 3_600_000);
  await far.ledger.spend.add({ ...call, ...tokens, costUsd: 1 });
  clock.tick(60_000);
  const browser = await member(far);
  const page = async (path: string) =>
    (await (await browser.get(path)).text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  const overview = await page("/");
  expect(overview.match(/\$1\.00 of \$5\.00 until 00:00 UTC/g)).toHaveLength(2);
  expect(overview).not.toMatch(/limit of \$5\.00 until 00:00 UTC is spent(?! at)/);
  expect(await page("/settings")).toMatch(/Budgets until 00:00 UTC.*the whole swarm \$1\.00 of \$5\.00/);
  expect(await (await browser.get("/metrics")).text()).toContain('kaos_spend_today_usd{agent="nexus"} 1\n');
  const ask = { agent: "nexus", purpose: "answer", room: "", worstUsd: 4 };
  expect((await far.ledger.spend.reserve(ask, { dayUsd: 5, sessionUsd: 1, agentDayUsd: 0 })).reserved).toBe(true);
});

test("who has seen an anomaly is not told again that day, and is told the next", async () => {
  home.clock.tick(20_000);
  const page = await (await person.get("/")).text();
  const key = /name="anomaly" value="(gone kronos [^"]+)"/.exec(page)?.[1] ?? "";
  expect((await person.post("/anomalies/seen", { csrf: person.csrf, anomaly: key })).status).toBe(303);
  expect(await unusual()).not.toContain("kronos");
  expect(await unusual()).toContain("nexus");
  home.clock.tick(24 * 3_600_000);
  expect(await unusual()).toContain("kronos");
  expect((await person.post("/anomalies/seen", { csrf: person.csrf })).status).toBe(422);
});

test("one agent is paused and resumed where it stands; nonsense changes nothing", async () => {
  const post = (form: Record<string, string>) => person.post("/agents/states", { csrf: person.csrf, ...form });
  expect((await post({ agent: "nexus", state: "pause" })).status).toBe(303);
  expect(await home.ledger.controls.active()).toMatchObject([{ scope: "agent", name: "nexus", by: "you" }]);
  expect(await read()).toMatch(/nexus data analyst paused/);
  await post({ agent: "nexus", state: "resume" });
  expect(await home.ledger.controls.active()).toEqual([]);
  for (const form of [{ agent: "nobody", state: "pause" }, { agent: "nexus", state: "explode" }, {}])
    expect((await post(form)).status).toBe(422);
});

test("a view whose store fails says so in a page that still leads everywhere; the others live, and it recovers", async () => {
  brokenTimetable = true;
  const answer = await person.get("/jobs");
  expect(answer.status).toBe(500);
  const text = (await answer.text()).replace(/<[^>]*>/g, " ");
  expect(text).toContain("This view cannot be shown now");
  expect(text).toContain("6 of 6");
  expect(text).not.toContain("the timetable cannot be read");
  expect((await person.get("/room")).status).toBe(200);
  brokenTimetable = false;
  expect((await person.get("/jobs")).status).toBe(200);
});
