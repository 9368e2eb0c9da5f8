/** `kaos memory` as a person runs it: search, why, forget with a receipt, a night and its undoing. */
import { expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { kaos, newHome } from "./kaos.ts";

const { signal } = new AbortController();

async function livedHome(): Promise<{ home: string; lisbon: string }> {
  const home = newHome();
  const path = homeAt(home).agent("kronos").database;
  const memory = await openMemory({ path, clock: systemClock, durability: "off" });
  const common = { kind: "identity", subject: "ann", origin: "owner", audience: "owner" } as const;
  const source = { thread: null, message: "m7", by: "Ann", quote: null };
  const now = Date.now();
  const kept = await memory.facts.keep([
    { ...common, text: "I live in Lisbon", source, validFrom: now - 86_400_000 },
    { ...common, text: "I live in Porto", source, validFrom: now - 3_600_000 },
  ]);
  await memory.index(10, signal);
  memory.close();
  return { home, lisbon: kept[0]?.id ?? "" };
}

test("a search tells the score by layer, why tells the source, both as JSON when asked", async () => {
  const { home, lisbon } = await livedHome();
  const found = await kaos(home, ["memory", "search", "where do I live?", "--explain"]);
  expect(found.stdout).toMatch(/I live in Porto[\s\S]*place: facts \d+\., vectors \d+\.[\s\S]*score: /);
  const why = await kaos(home, ["memory", "why", lisbon, "--json"]);
  expect(JSON.parse(why.stdout)).toMatchObject({ fact: { id: lisbon }, sources: [{ by: "Ann", message: "m7" }] });
  const nobody = await kaos(home, ["memory", "why", "f0"]);
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining("has no fact f0")]);
});

test("a night ends what no longer holds, and undo brings it back", async () => {
  const { home, lisbon } = await livedHome();
  const dry = await kaos(home, ["memory", "consolidate", "--dry-run"]);
  expect(dry.stdout).toMatch(/close contradicted intervals: 1/);
  await kaos(home, ["memory", "consolidate"]);
  const shown = async () => JSON.parse((await kaos(home, ["memory", "show", lisbon, "--json"])).stdout);
  expect((await shown()).validTo).not.toBeNull();
  expect((await kaos(home, ["memory", "undo"])).stdout).toContain("undone");
  expect((await shown()).validTo).toBeNull();
});

test("forget shows first what would go, then gives a receipt; nothing is left to show", async () => {
  const { home, lisbon } = await livedHome();
  expect((await kaos(home, ["memory", "forget", lisbon])).stdout).toContain("I live in Lisbon");
  const receipt = JSON.parse((await kaos(home, ["memory", "forget", lisbon, "--yes", "--json"])).stdout);
  expect(receipt).toMatchObject({ forgotten: [lisbon], stillFound: [] });
  expect((await kaos(home, ["memory", "show", lisbon])).stderr).toContain("was forgotten");
});
