/** The background of memory lives through what the world refuses: an embedder that is down, a cap that is reached. */
import { expect, onTestFinished, test } from "vitest";
import { createRemembering } from "../../../shared/agent/remembering.ts";
import type { Clock } from "../../../shared/base/index.ts";
import type { Memory } from "../../../shared/memory/index.ts";
import { remember } from "../../../shared/tools/memory/remember.ts";
import { toolContext } from "../../doubles/tool-context.ts";
import { fickleEmbedder } from "../memory/fickle-embedder.ts";
import { newFact, newMemory } from "../memory/memory-home.ts";

/** Sleeps end when the test says so; it may wait until somebody sleeps. */
function sleepyClock() {
  let rest = Promise.withResolvers<void>();
  let asleep = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => Date.UTC(2026, 0, 5),
    async sleep(_ms, signal) {
      signal?.addEventListener("abort", () => rest.resolve(), { once: true });
      asleep.resolve();
      await rest.promise;
    },
  };
  const untilAsleep = () => asleep.promise;
  const wake = () => {
    asleep = Promise.withResolvers();
    const before = rest;
    rest = Promise.withResolvers();
    before.resolve();
  };
  return { clock, untilAsleep, wake };
}

function remembering(memory: Memory, clock: Clock) {
  const told: string[] = [];
  const tell = (event: string) => void told.push(event);
  const log = { debug: tell, info: tell, warn: tell, error: tell, with: () => log } as never;
  const nobody = { get: () => Promise.reject(new Error("nobody is asked")) };
  const ledger = { claims: nobody, assignments: nobody };
  const one = createRemembering({ agent: "kronos", memory, ledger, clock, log, validate: (text) => text });
  return { ...one, told };
}

test("an outage of the embedder ends nobody, is told once, and what was left behind is taken in when it is over", async () => {
  const embedder = fickleEmbedder({ isOut: true });
  const memory = await newMemory({ embedder });
  await memory.facts.keep([newFact("I live in Lisbon")]);
  const { clock, untilAsleep, wake } = sleepyClock();
  const { run, told } = remembering(memory, clock);
  const stop = new AbortController();
  const running = run(stop.signal);
  onTestFinished(() => stop.abort());
  for (let round = 0; round < 5; round++) {
    await untilAsleep();
    wake();
  }
  await untilAsleep();
  expect(told).toEqual(["memory left behind"]);
  embedder.isOut = false;
  wake();
  await untilAsleep();
  expect(told).toEqual(["memory left behind", "memory is up to date again"]);
  const reader = { person: "ann", isOwner: false, room: null };
  expect(await memory.layer("vectors").search("Lisbon", { reader, limit: 5, signal: stop.signal })).toHaveLength(1);
  stop.abort();
  await running;
});

test("what an agent is told to remember is kept in an outage too", async () => {
  const memory = await newMemory({ embedder: fickleEmbedder({ isOut: true }) });
  const ann = { id: "ann", name: "Ann", isOwner: false };
  const reader = { person: "ann", isOwner: false, room: null };
  const tool = remember(memory, { reader, audience: "public", person: ann, message: null });
  const words = "I live in Lisbon";
  const answer = await tool.run({ text: words, kind: "identity", quote: words }, toolContext({ said: [words] }));
  expect(answer).toEqual({ text: expect.stringMatching(/^Kept as f/) });
  expect((await memory.facts.list({ limit: 5 })).map(({ text }) => text)).toEqual([words]);
});

test("a bug in it still ends the agent", async () => {
  const memory = await newMemory({
    embedder: {
      ...{ name: "test", dimensions: 8, knowsMeaning: true },
      embed: () => Promise.reject(new TypeError("undefined is not a function")),
    },
  });
  await memory.facts.keep([newFact("I live in Lisbon")]);
  const { run } = remembering(memory, sleepyClock().clock);
  await expect(run(new AbortController().signal)).rejects.toThrow(TypeError);
});
