/** `kaos jobs` as a person starts it, without and with a supervisor. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { kaos, newHome, startKaos } from "./kaos.ts";

type Listed = { job: string; schedule: string; needs: string[]; state: string; because: string; timeZone: string };

test("list --json tells every job with schedule, needs and state, and what is wrong in automations.json", async () => {
  const home = newHome();
  writeFileSync(
    join(home, "automations.json"),
    JSON.stringify({ timeZone: "Europe/Berlin", tickers: ["MSFT", "not one!"] }),
  );
  const { stdout, code } = await kaos(home, ["jobs", "list", "--json"], { env: { EXA_API_KEY: "key" } });
  expect(code).toBe(0);
  const { jobs, problems } = JSON.parse(stdout) as { jobs: Listed[]; problems: string[] };
  const byName = new Map(jobs.map((line) => [line.job, line]));
  for (const name of [
    "heartbeat",
    "news-monitor",
    "group-digest",
    "sleep-compute",
    "self-improve",
    "expense-digest",
    "skill-improve",
    "user-model",
    "market-review",
    "people-scout",
    "email-expenses",
    "swarm-retention",
    "weekly-letter",
    "metrics-pulse",
    "watch-pages",
    "reply-debts",
    "repository-review",
    "stalled-plans",
  ])
    expect(byName.get(name)?.schedule, name).toMatch(/\(Europe\/Berlin\)$/);
  expect(byName.get("market-review")).toMatchObject({ state: "ready", needs: ["tickers", "search"] });
  expect(byName.get("people-scout")).toMatchObject({
    state: "blocked",
    because: "blocked: set people in automations.json",
  });
  expect(problems).toEqual([expect.stringContaining('"not one!" cannot be used')]);
});

test("what a person adds is understood, listed, paused over restarts, and taken away", async () => {
  const home = newHome();
  expect(
    (await kaos(home, ["jobs", "add", "every weekday 8:30 stretch", "--zone", "UTC", "--dry-run"])).stdout,
  ).toMatch(/^Understood: 30 8 \* \* 1-5 \(UTC\); next .*: stretch/);
  expect((await kaos(home, ["jobs", "add", "every weekday 8:30 stretch", "--zone", "UTC"])).code).toBe(0);
  expect((await kaos(home, ["jobs", "add", "every weekday 8:30 stretch"])).stderr).toContain(
    "There is a job stretch already",
  );
  expect((await kaos(home, ["jobs", "add", "sometimes stretch"])).stderr).toContain("begin with when");
  expect((await kaos(home, ["jobs", "add", "every day 9:00 sing", "--agent", "nobody"])).stderr).toContain(
    "There is no agent nobody",
  );
  expect((await kaos(home, ["jobs", "pause", "stretch"])).code).toBe(0);
  const { stdout } = await kaos(home, ["jobs", "list", "--json"]);
  expect((JSON.parse(stdout) as { jobs: Listed[] }).jobs.find(({ job }) => job === "stretch")).toMatchObject({
    state: "paused",
    because: "paused by you",
  });
  expect((await kaos(home, ["jobs", "remove", "stretch"])).code).toBe(0);
  expect((await kaos(home, ["jobs", "pause", "stretch"])).stderr).toContain('There is no job "stretch"');
});

test("run asks the supervisor and waits for the end; history, gaps and why tell of it", async () => {
  const home = newHome();
  expect((await kaos(home, ["jobs", "run", "tend-ledger"])).stderr).toContain("Nothing has run in");
  startKaos(home, ["run", "kronos"]);
  const ledger = await openLedger({ path: join(home, "swarm.db"), clock: systemClock, durability: "normal" });
  onTestFinished(() => ledger.close());
  while ((await ledger.supervisor.state())?.alive !== true) await systemClock.sleep(50);
  expect(await kaos(home, ["jobs", "run", "tend-ledger"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ran|skipped/),
  });
  expect(await kaos(home, ["jobs", "run", "news-monitor"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("news-monitor is blocked"),
  });
  // Its agent does it, and it ends with the agent's work.
  expect(await kaos(home, ["jobs", "run", "sleep-compute"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/skipped|ran/),
  });
  const history = JSON.parse((await kaos(home, ["jobs", "history", "news-monitor", "--json"])).stdout) as {
    state: string;
  }[];
  expect(history.map(({ state }) => state)).toEqual(["blocked"]);
  const gaps = JSON.parse((await kaos(home, ["jobs", "gaps", "--json"])).stdout) as { job: string; state: string }[];
  expect(gaps).toContainEqual(expect.objectContaining({ job: "news-monitor", state: "blocked", count: 1 }));
  await kaos(home, ["jobs", "add", "every day 3:00 drink water"]);
  expect((await kaos(home, ["jobs", "run", "drink-water"])).stdout).toContain("ran: said");
  const [told] = await ledger.deliveries.latest(1);
  const why = await kaos(home, ["jobs", "why", String(told?.id)]);
  expect(why.stdout).toMatch(/drink-water, .*: told, because it is urgent/);
});
