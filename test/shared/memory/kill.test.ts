/** kill -9 at the worst moments: the next life of the agent finds what was promised, and nothing of what was not. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRemembering } from "../../../shared/agent/index.ts";
import { silentLog, systemClock } from "../../../shared/base/index.ts";
import { openLedger } from "../../../shared/ledger/index.ts";
import { createShared, openMemory, type Reader } from "../../../shared/memory/index.ts";
import { startChild } from "../child.ts";
import { signal } from "./memory-home.ts";

const owner: Reader = { person: "owner", isOwner: true, room: null };

/** Lets a process die at this moment, and opens what it leaves behind. */
async function afterDeath(moment: string) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-killed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const child = startChild(new URL("killed-child.ts", import.meta.url), folder, moment);
  const { code, lines } = await child.end();
  expect(code).toBe(null);
  const ledger = await openLedger({ path: join(folder, "swarm.db"), clock: systemClock, durability: "off" });
  onTestFinished(() => ledger.close());
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const memory = await openMemory({ path: join(folder, "agent.db"), clock: systemClock, shared });
  onTestFinished(() => memory.close());
  const validate = (text: string) => text;
  const remembering = createRemembering({
    agent: "kronos",
    memory,
    ledger,
    clock: systemClock,
    log: silentLog,
    validate,
  });
  return { ledger, memory, remembering, lines };
}

test("an answer that the ledger took is remembered, though its process died before it could", async () => {
  const { memory, remembering } = await afterDeath("handing over, after");
  expect(await memory.sessions.recent("room:main", 5)).toEqual([]);
  await remembering.settle();
  expect((await memory.sessions.recent("room:main", 5)).map(({ text }) => text)).toEqual([
    "@kronos I live in Lisbon.",
    "Noted.",
  ]);
  expect(await memory.extraction.waiting()).toBe(1);
  await remembering.settle();
  expect(await memory.sessions.recent("room:main", 5)).toHaveLength(2);
});

test("an answer that the ledger never took is not remembered", async () => {
  const { memory, remembering } = await afterDeath("handing over, before");
  await remembering.settle();
  expect(await memory.sessions.recent("room:main", 5)).toEqual([]);
  expect(await memory.unsettled.all()).toEqual([]);
});

test.each(["while extracting", "while sharing"])("killed %s, each fact is drawn once and shared", async (moment) => {
  const { memory, ledger } = await afterDeath(moment);
  expect(await memory.extraction.waiting()).toBe(1);
  await memory.extraction.next({ signal });
  expect(await memory.extraction.waiting()).toBe(0);
  const drawn = (await memory.facts.list({ limit: 20 })).filter(({ kind }) => kind !== "said");
  expect(drawn.map(({ text }) => text).toSorted()).toEqual(["I like green tea.", "I live in Lisbon."]);
  const told = { words: ["lisbon"], audiences: ["owner"], rooms: true, limit: 5 };
  expect(await ledger.sharedFacts.search(told)).toHaveLength(1);
});

test("killed while forgetting, the fact is either there or goes with the next try", async () => {
  const { memory, lines } = await afterDeath("while forgetting");
  const [id = ""] = lines;
  const receipt = await memory.forget({ ids: [id] }, { signal });
  expect(receipt).toMatchObject({ forgotten: [id], stillFound: [] });
  const { recollections } = await memory.recall("Where do I live? Lisbon?", { reader: owner });
  expect(recollections.map(({ fact }) => fact.text).join()).not.toContain("Lisbon");
});

test("killed in the middle of a night, the next night ends what it had begun, and both can be undone", async () => {
  const { memory } = await afterDeath("in the night");
  const merged = async () => (await memory.facts.count()).merged;
  const ended = async () =>
    (await memory.facts.list({ limit: 10 })).filter(({ validTo }) => validTo !== null).map(({ text }) => text);
  expect(await ended()).toEqual(["I live in Lisbon"]);
  expect(await merged()).toBe(0);
  await memory.consolidate({ signal });
  expect(await merged()).toBe(1);
  while ((await memory.undo()).undone);
  expect(await merged()).toBe(0);
  expect(await ended()).toEqual([]);
});
