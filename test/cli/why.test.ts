/** `kaos why --replay` and `kaos swarm report`, as a person runs them, on a home where something was said an hour ago. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { homeAt } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { play } from "../dashboard/day.ts";
import { arrive, shiftedClock } from "../dashboard/home.ts";
import { kaos, newHome } from "./kaos.ts";

const AN_HOUR_MS = 3_600_000;

/** Four volunteers, two answers, one hour ago. */
async function livedHome(): Promise<string> {
  const home = newHome();
  const clock = shiftedClock(-AN_HOUR_MS);
  const path = homeAt(home).ledger;
  mkdirSync(dirname(path), { recursive: true });
  const ledger = await openLedger({ path, clock, durability: "off" });
  await arrive(ledger);
  await play(
    { ledger, clock },
    {
      says: "Ship the importer or fix onboarding first?",
      fits: { kronos: 9, nexus: 8, keystone: 7, impulse: 7, lacuna: 3, resonant: 4 },
      parts: [
        { agent: "kronos", tier: 2, eta: 5.5, because: "fit 9 of 10", says: "Onboarding." },
        { agent: "nexus", tier: 2, eta: 11.4, because: "fit 8 of 10", says: "61 % drop there." },
        { agent: "keystone", tier: 2, eta: 12, because: "fit 7 of 10" },
        { agent: "impulse", tier: 2, eta: 17.8, because: "fit 7 of 10" },
      ],
    },
  );
  ledger.close();
  return home;
}

test("a replay tells for each agent what happened and what would have", async () => {
  const home = await livedHome();
  const told = await kaos(home, ["why", "last", "--replay", "--cap", "3"]);
  expect(told.stderr).toBe("");
  expect(told.stdout).toMatch(
    /^What if, for #1\n {2}With a cap of 3 \(it was 2\): 2 of 6 agents would have fared\s+otherwise\.\n/,
  );
  expect(told.stdout).toMatch(/kronos +as it was +answered +fit 9 of 10; its turn after 5\.5 s\n/);
  expect(told.stdout).toMatch(/keystone +happened +yielded +kronos and nexus had answered already/);
  expect(told.stdout).toMatch(/ would +a turn +fit 7 of 10; it never had its turn/);
  for (const line of told.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);

  const json = JSON.parse((await kaos(home, ["why", "1", "--replay", "--json"])).stdout);
  expect(json).toMatchObject({ kind: "replayed", was: { cap: 2, pace: 1, relevanceMin: 7 }, tried: { cap: 2 } });
  expect(json.agents.every(({ same }: { same: boolean }) => same)).toBe(true);
});

test("what cannot be asked is answered with a sentence", async () => {
  const home = await livedHome();
  const wrong = await kaos(home, ["why", "1", "--replay", "--cap", "9"]);
  expect(wrong).toMatchObject({ code: 2, stderr: "✗ “9” is not the cap: write a whole number from 1 to 6.\n" });
  expect(await kaos(home, ["why", "1", "--cap", "3"])).toMatchObject({
    code: 2,
    stderr: "✗ --cap, --pace and --relevance-min change a replay: add --replay.\n",
  });
  expect((await kaos(home, ["swarm", "report", "--day", "--week"])).code).toBe(2);
});

test("a report counts the last day in 80 columns, and an empty one says how to fill it", async () => {
  const home = await livedHome();
  const told = await kaos(home, ["swarm", "report"]);
  expect(told.stderr).toBe("");
  expect(told.stdout).toMatch(/1 message of people, 2 answers of agents/);
  expect(told.stdout).toMatch(/kronos +0 +1 +0 +1\n/);
  expect(told.stdout).toMatch(/2 volunteers +1 +▇+\n/);
  expect(told.stdout).toMatch(/2 {2}yielded\n +2 {2}colleagues had answered already\n/);
  expect(told.stdout).toMatch(/1\.00 calls to judge and \$0\.\d+ a message of people\n/);
  for (const line of told.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(JSON.parse((await kaos(home, ["swarm", "report", "--week", "--json"])).stdout)).toMatchObject({
    messages: { people: 1, agents: 2 },
    volunteersPerRoot: [{ volunteers: 2, roots: 1 }],
  });

  const empty = newHome();
  await kaos(empty, ["swarm", "pause"]);
  expect((await kaos(empty, ["swarm", "report"])).stdout).toMatch(
    /^No messages since .+\. Write one with\s+`.*kaos .*room "…"`\.\n/,
  );
});
