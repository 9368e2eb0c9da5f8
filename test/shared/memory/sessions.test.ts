/** Layer 1 on a real file: what was said is still there, in order, for whoever opens the memory next. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { type Memory, openMemory, type Said } from "../../../shared/memory/index.ts";
import { standingClock } from "../../doubles/ledger.ts";

const asked = (text: string): Said => ({ by: "person", text, model: null });
const answered = (text: string): Said => ({ by: "agent", text, model: "scripted" });
const texts = async (memory: Memory, thread: string, limit = 100) =>
  (await memory.sessions.recent(thread, limit)).map(({ text }) => text);

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-memory-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "agents", "kronos", "agent.db");
}

async function open(path: string, clock = standingClock()): Promise<Memory> {
  const memory = await openMemory({ path, clock, durability: "off" });
  onTestFinished(() => memory.close());
  return memory;
}

test("a conversation outlives the process that had it", async () => {
  const path = newPath();
  const clock = standingClock(1_000);
  const before = await openMemory({ path, clock, durability: "off" });
  await before.sessions.append("terminal", [asked("ship or fix?"), answered("Fix.")]);
  before.close();

  expect(await (await open(path)).sessions.recent("terminal", 10)).toEqual([
    { by: "person", text: "ship or fix?", model: null, at: 1_000 },
    { by: "agent", text: "Fix.", model: "scripted", at: 1_000 },
  ]);
});

test("the last things said are read, oldest first, also when they were said in the same millisecond", async () => {
  const memory = await open(newPath());
  for (const n of [1, 2, 3]) await memory.sessions.append("terminal", [asked(`q${n}`), answered(`a${n}`)]);
  expect(await texts(memory, "terminal", 3)).toEqual(["a2", "q3", "a3"]);
});

test("a thread knows nothing of another", async () => {
  const memory = await open(newPath());
  await memory.sessions.append("terminal", [asked("here")]);
  await memory.sessions.append("elsewhere", [asked("there")]);
  expect(await texts(memory, "terminal")).toEqual(["here"]);
  expect(await texts(memory, "nowhere")).toEqual([]);
});

test("what is said together is kept together or not at all", async () => {
  const memory = await open(newPath());
  const nameless: Said = { by: "agent", text: "an answer that no model wrote", model: null };
  await expect(memory.sessions.append("terminal", [asked("why?"), nameless])).rejects.toThrow(/CHECK/);
  expect(await texts(memory, "terminal")).toEqual([]);
});

test("while another connection holds the file, a write waits for it and is not lost", async () => {
  const path = newPath();
  const now = standingClock();
  const freed = Promise.withResolvers<void>();
  const waited = Promise.withResolvers<void>();
  const sleep = () => {
    waited.resolve();
    return freed.promise;
  };
  const memory = await openMemory({ path, clock: { ...now, sleep }, durability: "off" });
  onTestFinished(() => memory.close());
  const other = new Sqlite(path);
  onTestFinished(() => void other.close());

  other.exec("BEGIN IMMEDIATE");
  const writing = memory.sessions.append("terminal", [asked("still there?")]);
  await waited.promise;
  other.exec("COMMIT");
  freed.resolve();
  await writing;
  expect(await texts(memory, "terminal")).toEqual(["still there?"]);
});
