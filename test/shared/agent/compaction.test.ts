/** A conversation that outgrows its budget: told as a stored summary that says what must not be lost, and never without one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Model } from "../../../shared/engine/index.ts";
import type { Said } from "../../../shared/memory/index.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { chatWith, conversationIn, listener, SECRET, THREAD } from "./chatting.ts";

const person = (text: string): Said => ({ by: "person", text, model: null });
const agent = (text: string): Said => ({ by: "agent", text, model: "scripted" });
const filler = (n: number) => `nothing of note, round ${"abcdefghij"[n % 10]} ${"so it goes ".repeat(150)}`;
/** Exchanges that together outgrow the budget. */
const long = (exchanges = 30) =>
  Array.from({ length: exchanges }, (_, n) => [person(`and so? ${filler(n)}`), agent(`well. ${filler(n)}`)]).flat();
const systemNotes = (entries: readonly { role: string; text: string }[] | undefined) =>
  entries?.flatMap(({ role, text }) => (role === "system" ? [text] : [])) ?? [];
const summaryIn = (entries: readonly { role: string; text: string }[] | undefined) =>
  systemNotes(entries).find((text) => text.includes("as a summary")) ?? "";
const ok = { reply: { text: "Yes." } };

test("a short conversation is told word for word", async () => {
  const { chat, memory, requests } = await chatWith([ok]);
  await memory.sessions.append(THREAD, [person("ship or fix?"), agent("Fix.")]);
  await chat.say("still there?", listener().listening);
  expect(conversationIn(requests[0])).toEqual(["user: ship or fix?", "assistant: Fix.", "user: still there?"]);
  expect(await memory.sessions.compactions(THREAD)).toEqual([]);
});

test("a long one begins with a summary that points to what it stands for; every word is still there", async () => {
  const { chat, memory, requests } = await chatWith([ok]);
  await memory.sessions.append(THREAD, long());
  const before = await memory.sessions.recent(THREAD, 1_000);
  await chat.say("still there?", listener().listening);

  const { compaction, since } = await memory.sessions.told(THREAD);
  const told = requests[0]?.entries.map(({ text }) => text).join("") ?? "";
  expect(told.length).toBeLessThan(25_000);
  expect(requests[0]?.entries[0]).toEqual({ role: "system", text: "Be brief.\n\nYou are kronos." });
  expect(summaryIn(requests[0]?.entries)).toContain(compaction?.summary);
  // What the summary stands for and what is told as it is are the whole conversation, nothing twice and nothing missing.
  const covered = await memory.sessions.upTo(THREAD, compaction?.last ?? 0);
  expect(covered).toHaveLength(compaction?.entries ?? 0);
  expect([...covered, ...since].map(({ text }) => text)).toEqual([
    ...before.map(({ text }) => text),
    "still there?",
    "Yes.",
  ]);
  expect(since[0]?.by).toBe("person");
  expect(compaction).toMatchObject({ model: null, because: expect.stringContaining("no model writes summaries") });
});

test("the summary says open promises, decisions, numbers and names, whatever the model left out", async () => {
  const lazy = scriptedModel([{ reply: { text: JSON.stringify({ summary: "They talked about Vienna." }) } }]);
  const { chat, memory, requests } = await chatWith([ok], { summariser: lazy });
  await memory.sessions.append(THREAD, [
    person("My lawyer is Maria Huber. The budget is 4,200 € and it must not grow."),
    agent("I will send you the draft by Friday."),
    person("We decided to host it in Vienna."),
    agent("I'll book the small meeting room."),
    person("Я пришлю договор завтра. Wir haben beschlossen, ohne Makler zu verkaufen."),
    agent("The small meeting room is booked, done."),
    ...long(14),
  ]);
  await chat.say("so?", listener().listening);

  const summary = summaryIn(requests[0]?.entries);
  for (const said of [
    "They talked about Vienna.",
    "person: My lawyer is Maria Huber.",
    "person: The budget is 4,200 € and it must not grow.",
    "agent: I will send you the draft by Friday.",
    "person: We decided to host it in Vienna.",
    "person: Я пришлю договор завтра.",
    "person: Wir haben beschlossen, ohne Makler zu verkaufen.",
  ]) {
    expect(summary).toContain(said);
  }
  // A promise that was kept is none any more.
  expect(summary).not.toContain("I'll book the small meeting room.");
  const { compaction } = await memory.sessions.told(THREAD);
  expect(compaction).toMatchObject({ model: "scripted", receipt: { leftOut: 0, found: { promise: 2, decision: 2 } } });
});

test("what the model did say is not added again", async () => {
  const text = "The budget is 4200 €. Maria Huber is the lawyer. The agent will send the draft by Friday.";
  const diligent = scriptedModel([{ reply: { text: JSON.stringify({ summary: text }) } }]);
  const { chat, memory } = await chatWith([ok], { summariser: diligent });
  await memory.sessions.append(THREAD, [
    person("My lawyer is Maria Huber, the budget is 4,200 €."),
    agent("I will send the draft by Friday."),
    ...long(14),
  ]);
  await chat.say("so?", listener().listening);
  expect((await memory.sessions.told(THREAD)).compaction).toMatchObject({ summary: text, receipt: { added: [] } });
});

test("a model that fails, or answers in another shape, leaves it to rules, which say so; a secret is in no summary", async () => {
  const broken: Model = {
    complete: async () => ({ kind: "failed", because: "nobody is there", usage: NOTHING }),
  };
  const leaking: Model = {
    complete: async () => ({
      kind: "completed",
      text: JSON.stringify({ summary: `The key is ${SECRET}.` }),
      calls: [],
      by: "leaky",
      usage: NOTHING,
    }),
  };
  const first = await chatWith([ok], { summariser: broken });
  await first.memory.sessions.append(THREAD, long());
  await first.chat.say("so?", listener().listening);
  expect((await first.memory.sessions.told(THREAD)).compaction).toMatchObject({
    model: null,
    because: expect.stringContaining("nobody is there"),
  });

  const second = await chatWith([ok], { summariser: leaking });
  await second.memory.sessions.append(THREAD, long());
  await second.chat.say("so?", listener().listening);
  expect(JSON.stringify(await second.memory.sessions.told(THREAD))).not.toContain(SECRET);
});

test("it grows on top of the summary before, and the prompt keeps its beginning until then", async () => {
  const { chat, memory, requests } = await chatWith([ok, ok, ok]);
  await memory.sessions.append(THREAD, [person("The code word is Falkenstein, remember it."), ...long()]);
  await chat.say("one?", listener().listening);
  await chat.say("two?", listener().listening);
  const [one, two] = requests;
  // All but what is true only now is the beginning of the next prompt, byte for byte.
  const prefix = JSON.stringify(one?.entries.slice(0, -2)).slice(0, -1);
  expect(JSON.stringify(two?.entries).startsWith(prefix)).toBe(true);

  await memory.sessions.append(THREAD, long());
  await chat.say("three?", listener().listening);
  expect(summaryIn(requests[2]?.entries)).toContain("Falkenstein");
  const [newest, older] = await memory.sessions.compactions(THREAD);
  expect(newest?.first).toBe(older?.first);
  expect(newest?.last).toBeGreaterThan(older?.last ?? 0);
});

test("undone, the words are told again and stay so until there are four times as many", async () => {
  const { chat, memory, requests } = await chatWith([ok, ok, ok]);
  await memory.sessions.append(THREAD, long());
  await chat.say("one?", listener().listening);
  const undone = await memory.sessions.uncompact(THREAD);
  expect(undone?.undoneAt).not.toBeNull();
  await chat.say("two?", listener().listening);
  expect(summaryIn(requests[1]?.entries)).toBe("");
  expect(conversationIn(requests[1])).toHaveLength(60 + 2 + 1);

  await memory.sessions.append(THREAD, long());
  await chat.say("three?", listener().listening);
  expect(summaryIn(requests[2]?.entries)).not.toBe("");
});

test("a summary does not outlive what it was made of: forgetting takes it along", async () => {
  const { chat, memory } = await chatWith([ok]);
  await memory.sessions.append(THREAD, [person("The code word is Falkenstein, remember it."), ...long()]);
  await chat.say("one?", listener().listening);
  expect((await memory.sessions.told(THREAD)).compaction?.summary).toContain("Falkenstein");
  await memory.forget({ thread: THREAD }, { signal: new AbortController().signal });
  expect(await memory.sessions.compactions(THREAD)).toEqual([]);
});

test("whatever is said: nothing is missing from summary and words together, and every promise is in the prompt", async () => {
  const said = fc.record({
    promise: fc.stringMatching(/^[a-z]{4,9} [a-z]{4,9} [a-z]{4,9}$/),
    at: fc.nat({ max: 39 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 12 }), async (promises) => {
      const { chat, memory, requests } = await chatWith([ok]);
      const all = long(20);
      for (const { promise, at } of promises) all.splice(at, 0, agent(`I will ${promise}.`));
      await memory.sessions.append(THREAD, all);
      await chat.say("so?", listener().listening);
      const prompt = requests[0]?.entries.map(({ text }) => text).join("\n") ?? "";
      for (const { promise } of promises) expect(prompt).toContain(promise);
      const { compaction, since } = await memory.sessions.told(THREAD);
      expect((compaction?.entries ?? 0) + since.length).toBe(all.length + 2);
    }),
    { numRuns: 12 },
  );
});

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 };
