/** What is supposed of a person: evidence for and against, settled by review, theirs to edit and to strike. */
import { expect, test } from "vitest";
import { newFact, newMemory, signal, take } from "./memory-home.ts";

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
  expect((await model.linesFor("ann"))[0]).toMatch(/^Ann likes green tea \(confirmed/);
  for (const n of ["now", "any more", "at night", "at work"]) await keep(`Ann does not like green tea ${n}`);
  await model.review();
  const [dropped] = await model.hypotheses("ann");
  expect(dropped).toMatchObject({ state: "dropped", for: { length: 3 }, against: { length: 4 } });
  expect(await model.linesFor("ann")).toEqual([]);
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

test("at most 600 tokens of it reach a prompt, and forgetting a fact takes it out of the evidence", async () => {
  const memory = await newMemory();
  const { model } = memory;
  for (let i = 0; i < 40; i++)
    await model.suppose({ person: "ann", text: `Ann ${i} ${"very ".repeat(60)}`, by: "review" });
  expect((await model.linesFor("ann")).join("").length).toBeLessThanOrEqual(2_400);
  const [id = ""] = await take(memory, [newFact("Bob likes tea", { subject: "bob" })]);
  await model.suppose({ person: "bob", text: "Bob likes tea", by: "review" });
  await model.review();
  await memory.forget({ ids: [id] }, { signal });
  expect((await model.hypotheses("bob"))[0]?.for).toEqual([]);
});
