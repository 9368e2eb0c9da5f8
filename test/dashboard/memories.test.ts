/** Memories stay open while somebody looks: current with what the agent writes, bounded, and closed when nobody looks any more. */
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createMemories } from "../../dashboard/read/memory.ts";
import { homeAt } from "../../shared/config/index.ts";
import { type Memory, openMemory } from "../../shared/memory/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import { memoryClock, newFact, signal, take } from "../shared/memory/memory-home.ts";

const owner = { person: "ann", isOwner: true, room: null };

async function aHome() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-memories-"));
  const files = homeAt(folder);
  const { ledger, close } = await openTestLedger();
  const naps: (() => void)[] = [];
  const clock = memoryClock();
  // A nap ends when the test says so, or when it is told to stop.
  const sleep = (ms: number, stop?: AbortSignal) => {
    const stopped = clock.sleep(ms, stop);
    if (ms !== 60_000) return stopped;
    return Promise.race([stopped, new Promise<void>((wake) => naps.push(wake))]);
  };
  const memories = createMemories(
    { settings: { files }, clock: { ...clock, sleep }, sharedFacts: ledger.sharedFacts },
    { idleCloseMs: 60_000 },
  );
  onTestFinished(() => {
    memories.close();
    close();
    rmSync(folder, { recursive: true, force: true });
  });
  const writer = async (agent: string) => {
    const memory = await openMemory({ path: files.agent(agent).database, clock, durability: "off" });
    onTestFinished(() => memory.close());
    return memory;
  };
  const seen = async (agent: string): Promise<Memory> => {
    const read = await memories.with(agent, async (memory) => memory);
    if (!read.read) throw new Error(read.because);
    return read.result;
  };
  const found = async (agent: string) => {
    const read = await memories.with(agent, (memory) => memory.recall("What colour is my bicycle?", { reader: owner }));
    return read.read ? read.result.recollections.map(({ fact }) => fact.text) : read.because;
  };
  const isOpen = (memory: Memory) =>
    memory.facts.count().then(
      () => true,
      () => false,
    );
  return { files, memories, writer, seen, found, isOpen, naps };
}

test("what the agent keeps is found by the next search in the same open memory, what it forgets is not", async () => {
  const { writer, seen, found } = await aHome();
  const agent = await writer("kronos");
  await take(agent, [newFact("My boat is white")]);
  await found("kronos");
  const opened = await seen("kronos");
  const [id = ""] = await take(agent, [newFact("My bicycle is green")]);
  expect(await found("kronos")).toContain("My bicycle is green");
  await agent.forget({ ids: [id] }, { signal });
  expect(await found("kronos")).not.toContain("My bicycle is green");
  expect(await seen("kronos")).toBe(opened);
});

test("a memory that nobody looks at is closed, a look begins its time anew, and the next one opens it again", async () => {
  const { writer, seen, isOpen, naps } = await aHome();
  await take(await writer("kronos"), [newFact("My bicycle is green")]);
  const first = await seen("kronos");
  expect(await seen("kronos")).toBe(first);
  naps[0]?.();
  expect(await isOpen(first)).toBe(true);
  naps[1]?.();
  await expect.poll(() => isOpen(first)).toBe(false);
  const second = await seen("kronos");
  expect(second).not.toBe(first);
  expect(await isOpen(second)).toBe(true);
});

test("two stay open, the one looked at longest ago goes; all close with the control room, those in use after their use", async () => {
  const { memories, writer, seen, isOpen } = await aHome();
  for (const name of ["kronos", "nexus", "impulse"]) await take(await writer(name), [newFact("My bicycle is green")]);
  const [kronos, nexus, impulse] = [await seen("kronos"), await seen("nexus"), await seen("impulse")];
  expect([await isOpen(kronos), await isOpen(nexus), await isOpen(impulse)]).toEqual([false, true, true]);
  await memories.with("nexus", async (memory) => {
    memories.close();
    expect(await isOpen(memory)).toBe(true);
  });
  expect([await isOpen(nexus), await isOpen(impulse)]).toEqual([false, false]);
});

test("another file in the place of a memory is another memory; one that is gone remembers nothing", async () => {
  const { files, writer, found } = await aHome();
  const path = files.agent("kronos").database;
  const agent = await writer("kronos");
  await take(agent, [newFact("My bicycle is green")]);
  expect(await found("kronos")).toEqual(["My bicycle is green"]);
  agent.close();
  renameSync(path, `${path}.old`);
  expect(await found("kronos")).toContain("remembers nothing yet");
  for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
  await take(await writer("kronos"), [newFact("My bicycle is blue")]);
  expect(await found("kronos")).toEqual(["My bicycle is blue"]);
});
