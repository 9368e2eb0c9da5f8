/** What would fill the memory or the model's window: results of any size, and turns that read a lot. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { type Entry, runTurn } from "../../../shared/engine/index.ts";
import { asks, createScript, told, tool, turn, words } from "./world.ts";

const MB = 1_000_000;

/** Bytes on the heap that are still needed. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("a result of 200 MB is cut, in what the model reads and in the log, and nothing of the rest stays in memory", async () => {
  const before = heapUsed();
  const dump = tool("dump", async () => ({ text: `begin ${"x".repeat(200 * MB)} end` }));
  const model = createScript(asks(["c1", "dump", {}]), words("Too much."));
  const world = turn({ model, tools: [dump] });
  expect(await runTurn(world)).toMatchObject({ kind: "answered", text: "Too much." });

  const text = told(model.requests[1])["c1"] ?? "";
  expect(text).toMatch(/^begin x+…\n\(cut: the first 24000 of 200000010 characters\)$/);
  const logged = world.journal.recorded.flatMap((one) => (one.kind === "outcome" ? [one.outcome.text.length] : []));
  expect(logged).toEqual([text.length]);
  // The entries, the log and the events are all still held here.
  expect(heapUsed() - before).toBeLessThan(20 * MB);
});

test("an error message of 50 MB is cut as well", async () => {
  const fail = tool("fail", async () => {
    throw new Error("y".repeat(50 * MB));
  });
  const model = createScript(asks(["c1", "fail", {}]), words("It failed."));
  await runTurn(turn({ model, tools: [fail] }));
  expect(told(model.requests[1])["c1"]?.length).toBeLessThan(25_000);
});

test("old results make room in a turn that reads a lot; what was just brought is always read whole", async () => {
  const read = tool("read", async ({ of }) => ({ text: `${of} ${"z".repeat(9_000)}` }));
  const steps = Array.from({ length: 12 }, (_, n) => asks([`c${n}`, "read", { of: `page-${n}` }]));
  const model = createScript(...steps, words("Read it all."));
  const limits = { entriesCharactersMax: 40_000 };
  expect(await runTurn(turn({ model, tools: [read], limits }))).toMatchObject({ kind: "answered" });

  for (const [n, { entries }] of model.requests.entries()) {
    if (n > 0) expect(told({ ...model.requests[n], entries } as never)[`c${n - 1}`]).toMatch(/^page-\d+ z{9000}$/);
    expect(lengthOf(entries)).toBeLessThanOrEqual(40_000 + 9_100);
    // No call is left without its result: providers refuse that.
    expect(entries.filter(({ role }) => role === "tool")).toHaveLength(n);
  }
  const last = told(model.requests[12]);
  expect(last["c0"]).toMatch(/^\(The result of call c0, 9007 characters, was taken out to make room\. It stands whole/);
  // It happens rarely: between two times the beginning of the prompt stays, byte for byte.
  const changes = model.requests.slice(1).filter(({ entries }, at) => {
    const earlier = model.requests[at]?.entries ?? [];
    return JSON.stringify(entries.slice(0, earlier.length)) !== JSON.stringify(earlier);
  });
  expect(changes.length).toBeLessThanOrEqual(4);
});

test("one step that brings more than fits is read whole all the same, once", async () => {
  const read = tool("read", async ({ of }) => ({ text: `${of} ${"z".repeat(9_000)}` }), { parallel: true });
  const flood = asks(
    ...Array.from({ length: 8 }, (_, n): [string, string, unknown] => [`c${n}`, "read", { of: `${n}` }]),
  );
  const model = createScript(flood, asks(["d", "read", { of: "d" }]), words("ok"));
  await runTurn(turn({ model, tools: [read], limits: { entriesCharactersMax: 40_000 } }));
  expect(Object.values(told(model.requests[1])).every((text) => text.length > 9_000)).toBe(true);
  expect(lengthOf(model.requests[2]?.entries ?? [])).toBeLessThan(40_000);
});

function lengthOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0);
}
