/** What is supposed of a person: evidence for and against, settled by review, theirs to edit and to strike. */
import { expect, test } from "vitest";
import type { Reader } from "../../../shared/memory/index.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { memoryClock, newFact, newMemory, signal, take } from "./memory-home.ts";

const alone = (person: string): Reader => ({ person, isOwner: false, room: null });

test("facts confirm a hypothesis, contradict it, and drop it; a review twice in a row changes nothing more", async () => {
  const { model, ...memory } = await newMemory();
  const id = await model.suppose({ person: "ann", text: "Ann likes green tea", by: "review" });
  const keep = (text: string) => memory.facts.keep([newFact(text)]);
  for (const text of [
    "Ann likes green tea in the morning",
    "At noon Ann likes green tea",
    "Ann likes strong green tea",
  ])
    await keep(text);
  expect(await model.review()).toEqual([{ id, because: "confirmed: 3 facts speak for it, 0 against it." }]);
  expect(await model.review()).toEqual([]);
  expect((await model.linesFor(alone("ann")))[0]?.line).toMatch(/^Ann likes green tea \(confirmed/);
  for (const n of ["now", "any more", "at night", "at work"]) await keep(`Ann does not like green tea ${n}`);
  await model.review();
  const [dropped] = await model.hypotheses("ann");
  expect(dropped).toMatchObject({ state: "dropped", for: { length: 3 }, against: { length: 4 } });
  expect(await model.linesFor(alone("ann"))).toEqual([]);
});

test("what a colleague or a page said is no evidence about a person", async () => {
  const { model, facts } = await newMemory();
  await model.suppose({ person: "ann", text: "Ann likes green tea", by: "review" });
  await facts.keep([
    newFact("Ann likes green tea", { origin: "outside" }),
    newFact("Ann likes green tea a lot", { origin: "agent" }),
  ]);
  await model.review();
  expect((await model.hypotheses("ann"))[0]?.for).toEqual([]);
});

test("a person's own sentence is weakened and never dropped; they change and strike it", async () => {
  const memory = await newMemory();
  const { model } = memory;
  const id = await model.suppose({ person: "ann", text: "Ann likes green tea", by: "you" });
  await take(
    memory,
    ["now", "any more", "at night"].map((n) => newFact(`Ann does not like green tea ${n}`)),
  );
  await model.review();
  expect((await model.hypotheses("ann"))[0]).toMatchObject({ state: "open", confidence: 0.2 });
  expect(await model.edit(id, { text: "Ann likes coffee", by: "you" })).toBe(true);
  expect(await model.strike(id)).toBe(true);
  expect([await model.strike(id), await model.hypotheses("ann")]).toEqual([false, []]);
});

test("at most 600 tokens of it reach a prompt, and what stood on a forgotten fact alone goes with it", async () => {
  const memory = await newMemory();
  const { model } = memory;
  for (let i = 0; i < 40; i++)
    await model.suppose({ person: "ann", text: `Ann ${i} ${"very ".repeat(60)}`, by: "review" });
  expect((await model.linesFor(alone("ann"))).map(({ line }) => line).join("").length).toBeLessThanOrEqual(2_400);
  const [id = ""] = await take(memory, [newFact("Bob likes tea", { subject: "bob" })]);
  await model.suppose({ person: "bob", text: "Bob likes tea", by: "review" });
  await model.review();
  await memory.forget({ ids: [id] }, { signal });
  expect(await model.hypotheses("bob")).toEqual([]);
});

test("a model cites facts for and against and proposes more; what it was not shown, or nothing speaks for, is not taken", async () => {
  const clock = memoryClock();
  const memory = await newMemory({ clock });
  const old = await memory.model.suppose({ person: "ann", text: "Ann likes mornings", by: "review" });
  clock.tick(1_000);
  const [early = "", late = "", tea = ""] = await take(
    memory,
    ["I get up at six", "I never sleep before two", "I drink green tea"].map((text) => newFact(text)),
  );
  const answer = {
    weighed: [{ id: old, for: [early], against: [late, "f000000000000"] }],
    proposed: [
      { text: "Ann sleeps little and may need quiet reminders", for: [early, late], against: [] },
      { text: "Ann is a spy", for: ["f111111111111"], against: [] },
      { text: "Ann likes mornings a lot", for: [tea], against: [] },
    ],
  };
  const model = scriptedModel([{ reply: { text: JSON.stringify(answer) } }]);
  const dry = await memory.model.reflect({ model, dryRun: true, signal });
  expect(dry).toMatchObject({ changes: [], because: expect.stringMatching(/1 people/) });
  expect(await memory.model.reflect({ model, signal })).toMatchObject({ proposed: 1, asked: 1, because: "" });
  const hypotheses = await memory.model.hypotheses("ann");
  expect(hypotheses.map(({ text }) => text)).toEqual([
    "Ann likes mornings",
    "Ann sleeps little and may need quiet reminders",
  ]);
  expect(hypotheses[0]).toMatchObject({ for: [{ id: early }], against: [{ id: late }] });
  // What was cited outlives the next weighing, and nobody is asked twice about the same facts.
  expect(await memory.model.reflect({ model, signal })).toMatchObject({ proposed: 0, asked: 0, changes: [] });
  expect((await memory.model.hypotheses("ann"))[1]?.for).toHaveLength(2);
  model.assertPlayed();
});

test("a model that fails is told of, and the weighing stands", async () => {
  const memory = await newMemory();
  await take(
    memory,
    ["I get up at six", "I drink green tea", "I live in Porto"].map((text) => newFact(text)),
  );
  const model = scriptedModel([{ reply: { text: "no idea" } }]);
  const { proposed, because } = await memory.model.reflect({ model, signal });
  expect([proposed, because]).toEqual([0, expect.stringMatching(/did not answer for 1: .*shape/)]);
});

test("a supposition that stands on what was told in private is not told in a room", async () => {
  const { model, facts } = await newMemory();
  await facts.keep([newFact("Ann likes green tea"), newFact("Ann likes red wine", { audience: "room:a" })]);
  await model.suppose({ person: "ann", text: "Ann likes green tea", by: "review" });
  await model.suppose({ person: "ann", text: "Ann likes red wine", by: "review" });
  await model.suppose({ person: "ann", text: "Call me early", by: "you" });
  await model.review();
  const told = async (room: string | null) =>
    (await model.linesFor({ person: "ann", isOwner: false, room })).map(({ line }) => line.replace(/ \(.*/, ""));
  expect(await told("a")).toEqual(["Ann likes red wine"]);
  expect((await told(null)).toSorted()).toEqual(["Ann likes green tea", "Call me early"]);
});

test("another text stands on nothing until something speaks for it, whatever spoke for the one before", async () => {
  const { model, facts } = await newMemory();
  await facts.keep([newFact("I drink green tea"), newFact("I get up at six"), newFact("I swim on Mondays")]);
  const [tea] = await facts.list({ limit: 1 });
  const answer = { weighed: [], proposed: [{ text: "Ann is disciplined", for: [tea?.id], against: [] }] };
  await model.reflect({ model: scriptedModel([{ reply: { text: JSON.stringify(answer) } }]), signal });
  const [supposed] = await model.hypotheses("ann");
  expect(supposed?.for).toHaveLength(1);
  await model.edit(supposed?.id ?? 0, { text: "Ann is moved by music", by: "you" });
  await model.review();
  expect(await model.hypotheses("ann")).toMatchObject([{ text: "Ann is moved by music", for: [], against: [] }]);
});

const nothing = { reply: { text: JSON.stringify({ weighed: [], proposed: [] }) } };

test("whoever was looked over without a result is asked about again only when something new is known", async () => {
  const { model, facts } = await newMemory();
  await facts.keep(["I drink green tea", "I get up at six", "I swim on Mondays"].map((text) => newFact(text)));
  const script = scriptedModel([nothing, nothing]);
  const asked = async () => (await model.reflect({ model: script, signal })).asked;
  expect([await asked(), await asked()]).toEqual([1, 0]);
  await facts.keep([newFact("I play the oboe")]);
  expect([await asked(), await asked()]).toEqual([1, 0]);
  script.assertPlayed();
});

test("of many people, those who had to wait come first the next week", async () => {
  const { model, facts } = await newMemory();
  const people = Array.from({ length: 25 }, (_, n) => `p${String(n).padStart(2, "0")}`);
  const tell = (texts: readonly string[]) =>
    facts.keep(people.flatMap((subject) => texts.map((text) => newFact(text, { subject, audience: "public" }))));
  await tell(["I drink green tea", "I get up at six", "I swim on Mondays"]);
  const script = scriptedModel(Array.from({ length: 40 }, () => nothing));
  await model.reflect({ model: script, signal });
  await tell(["I play the oboe"]);
  await model.reflect({ model: script, signal });
  // Twenty the first time, and the five others the second time: nobody is left who was never asked about.
  const dry = await model.reflect({ model: script, dryRun: true, signal });
  expect(dry.because).toMatch(/of 5 people/);
  await tell(["I read at night"]);
  expect((await model.reflect({ model: script, dryRun: true, signal })).because).toMatch(/of 20 people/);
  script.assertPlayed();
});

test("what a model supposes is told only where all it was shown may be told, whatever it cites", async () => {
  const { model, facts } = await newMemory();
  const room = (text: string) => newFact(text, { audience: "room:a" });
  await facts.keep([room("I drink green tea"), room("I get up at six"), newFact("My sister is ill")]);
  const tea = (await facts.list({ limit: 3 })).find(({ text }) => text.includes("tea"));
  const proposed = [{ text: "Ann worries about somebody close", for: [tea?.id], against: [] }];
  await model.reflect({
    model: scriptedModel([{ reply: { text: JSON.stringify({ weighed: [], proposed }) } }]),
    signal,
  });
  expect(await model.linesFor({ person: "ann", isOwner: false, room: "a" })).toEqual([]);
  expect(await model.linesFor({ person: "ann", isOwner: true, room: null })).toHaveLength(1);
});
