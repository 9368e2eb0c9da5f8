/** Our own golden set: what the six personas do is what is written down. After a change that is meant: `kaos eval run test/golden`, then correct the files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createContext } from "../../cli/context.ts";
import { openStage } from "../../cli/eval/open-stage.ts";
import { withLifetime } from "../../cli/with-lifetime.ts";
import { differences, playScenario, type Scenario, scenariosIn } from "../../shared/evals/index.ts";

const all = scenariosIn(join(import.meta.dirname));
const agents = [...new Set(all.map(({ agent }) => agent))];

test("every persona has at least two scenarios, and together they meet every word of the gate and six outcomes", () => {
  expect(agents).toEqual(["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"]);
  for (const agent of agents) expect(all.filter((one) => one.agent === agent).length).toBeGreaterThanOrEqual(2);
  const calls = all.flatMap(({ expected }) => expected.calls);
  expect([...new Set(calls.map(({ gate }) => gate))].toSorted()).toEqual(["allow", "ask", "none", "refuse"]);
  expect(new Set(calls.map(({ outcome }) => outcome)).size).toBeGreaterThan(5);
});

test.each(agents)("%s behaves as written down", async (agent) => {
  await onStage(agent, { live: false }, async (stage) => {
    for (const scenario of all.filter((one) => one.agent === agent)) {
      const is = await playScenario(scenario, stage);
      expect(differences(scenario.expected, is), scenario.name).toEqual([]);
    }
  });
});

test("the offline model calculates for whoever is asked", async () => {
  const asked = all.find(({ name }) => name === "impulse-a-reminder-and-no-more") as Scenario;
  const sum: Scenario = { ...asked, entries: [{ role: "user", text: "What is 15% of 80?" }], results: [] };
  const kept = { ...sum, results: [{ call: "x", tool: "calculate", kind: "ok" as const, text: "12", passed: false }] };
  await onStage("impulse", { live: true }, async (stage) => {
    const is = await playScenario(kept, stage);
    expect(is).toMatchObject({ end: "answered", calls: [{ tool: "calculate", gate: "allow", outcome: "ok" }] });
  });
});

async function onStage(
  agent: string,
  how: { live: boolean },
  work: (stage: Awaited<ReturnType<typeof openStage>>) => Promise<void>,
) {
  const home = mkdtempSync(join(tmpdir(), "kaos-golden-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const here = createContext({ home });
  await withLifetime(async (lifetime) => work(await openStage(here, agent, lifetime, how)));
}
