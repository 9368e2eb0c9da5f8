import { expect, test } from "vitest";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { manualClock } from "./manual-clock.ts";
import { asking, calmly } from "./parts.ts";

test("a request beyond the script fails the test, even when somebody catches it on its way", async () => {
  const model = scriptedModel([{ reply: { text: "one" } }]);
  await model.complete(asking("first"), calmly());
  await model.complete(asking("second"), calmly()).catch(() => {});
  expect(() => model.assertPlayed()).toThrow(/request 2 is not in the script.*\n.*second/s);
});

test("a request that is not the expected one fails the test", async () => {
  const model = scriptedModel([{ expects: ({ entries }) => entries.length === 2, reply: { text: "one" } }]);
  await expect(model.complete(asking("hello"), calmly())).rejects.toThrow(/not the one/);
});

test("a step that was never played fails the test", () => {
  expect(() => scriptedModel([{ reply: { text: "one" } }]).assertPlayed()).toThrow(/0 of the script's 1/);
});

test("its latency passes on the clock it was given", async () => {
  const clock = manualClock();
  const model = scriptedModel([{ latencyMs: 30_000, reply: { text: "at last" } }], { clock });
  const completing = model.complete(asking("hello"), calmly());
  await clock.slept((ms) => ms === 30_000);
  clock.advance(30_000);
  expect(await completing).toMatchObject({ kind: "completed", text: "at last" });
});
