/** A night of memory: duplicates merged, contradictions ended, nothing lost, and all of it undone when asked. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createShared, type Reader } from "../../../shared/memory/index.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { memoryClock, newFact, newMemory, signal, take } from "./memory-home.ts";

const ann: Reader = { person: "ann", isOwner: false, room: null };
const DAY_MS = 86_400_000;

async function aWeek() {
  const clock = memoryClock(Date.UTC(2025, 0, 6));
  const memory = await newMemory({ clock });
  const ids: string[] = [];
  for (const text of [
    "I live in Lisbon",
    "I am allergic to peanuts and to cashew nuts",
    "i'm allergic to peanuts, and to cashew nuts!",
    "I live in Porto",
    "The invoice was 120 euros",
    "The invoice was 130 euros",
  ]) {
    ids.push(...(await take(memory, [newFact(text)])));
    clock.tick(DAY_MS);
  }
  return { memory, clock, ids };
}

test("duplicates merge into the oldest, a contradicted fact ends when its successor begins, numbers tell facts apart", async () => {
  const { memory, ids } = await aWeek();
  const night = await memory.consolidate({ signal });
  expect(night.recallAfter).toBeGreaterThanOrEqual(night.recallBefore);
  const [lisbon, , again, porto, one, other] = await memory.facts.many(ids);
  expect(again).toMatchObject({ standing: "merged", successor: ids[1] });
  expect(lisbon).toMatchObject({ standing: "active", validTo: porto?.validFrom, successor: porto?.id });
  expect([one?.standing, other?.standing]).toEqual(["active", "active"]);
  const { recollections } = await memory.recall("Where do I live?", { reader: ann });
  expect(recollections[0]?.fact.id).toBe(porto?.id);
});

test("a dry run changes nothing, a second night changes nothing more, and undo brings everything back", async () => {
  const { memory, ids } = await aWeek();
  const before = await memory.facts.many(ids);
  const dry = await memory.consolidate({ dryRun: true, signal });
  expect(await memory.facts.many(ids)).toEqual(before);
  const wet = await memory.consolidate({ signal });
  expect(wet.steps.map(({ changes }) => changes)).toEqual(dry.steps.map(({ changes }) => changes));
  const after = await memory.facts.many(ids);
  expect((await memory.consolidate({ signal })).steps.flatMap(({ changes }) => changes)).toEqual([]);
  expect(await memory.facts.many(ids)).toEqual(after);
  expect(await memory.undo()).toMatchObject({ undone: true });
  expect(await memory.facts.many(ids)).toEqual(before);
  expect(await memory.undo()).toMatchObject({ undone: false });
});

test("names that mean the same are linked, lead to the same facts, and come apart again when the night is undone", async () => {
  const memory = await newMemory();
  const [ship, boat = "", short = ""] = await take(memory, [
    newFact("The importer of Harbour-Lights ships on Tuesday"),
    newFact("We painted the boat of Harbour Lights"),
    newFact("Remember that HLX is short for Harbour Lights"),
  ]);
  const found = async (question: string) =>
    (await memory.graph.search(question, { reader: ann, limit: 10, signal })).map(({ id }) => id).toSorted();
  expect(await found("What did HLX paint?")).toEqual([short]);
  const night = await memory.consolidate({ signal });
  const step = night.steps.find(({ step }) => step === "link aliases");
  expect(step).toMatchObject({ rolledBack: false, changes: [{}, {}] });
  expect(await found("What did HLX paint?")).toEqual([ship, boat, short].toSorted());
  expect((await memory.consolidate({ signal })).steps.flatMap(({ changes }) => changes)).toEqual([]);
  expect(await memory.undo()).toMatchObject({ undone: true });
  expect(await found("What did HLX paint?")).toEqual([short]);
});

test("whatever was said, a second night changes nothing, and undo brings back what was before the first", async () => {
  const sentence = fc.oneof(
    fc.constantFrom("I live in Lisbon", "I live in Porto", "i live in lisbon!", "Я живу в Праге", "Я живу в Брно"),
    fc.constantFrom("My favourite colour is red", "My favourite colour is blue", "I do not like tea", "I like tea"),
    fc.integer({ min: 0, max: 3 }).map((n) => `The invoice of Harbour Lights was ${n} euros`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(sentence, fc.nat({ max: 400 })), { minLength: 1, maxLength: 12 }),
      async (said) => {
        const clock = memoryClock(Date.UTC(2025, 0, 6));
        const memory = await newMemory({ clock });
        const validFrom = (days: number) => clock.now() - days * DAY_MS;
        await take(
          memory,
          said.map(([text, days], i) =>
            newFact(text, { validFrom: validFrom(days), kind: i % 3 === 0 ? "plan" : "knowledge" }),
          ),
        );
        const all = async () => (await memory.facts.list({ limit: 100 })).filter(({ kind }) => kind !== "insight");
        const before = await all();
        await memory.consolidate({ signal });
        const after = await all();
        expect((await memory.consolidate({ signal })).steps.flatMap(({ changes }) => changes)).toEqual([]);
        expect(await all()).toEqual(after);
        await memory.undo();
        expect(await all()).toEqual(before);
      },
    ),
    { numRuns: 8 },
  );
});

const told = (memory: Awaited<ReturnType<typeof newMemory>>, ids: readonly string[]) =>
  memory.facts.many(ids).then((facts) => facts.map(({ text, validTo }) => [text, validTo === null]));

test("only what the speaker says of themselves ends what they said before, and each thing ends its like", async () => {
  const clock = memoryClock(Date.UTC(2025, 0, 6));
  const memory = await newMemory({ clock });
  const ids: string[] = [];
  const holds = {
    "My mother lives in Rome": true,
    "I live in Berlin": false,
    "My wife works at Northwind": true,
    "I work at Contoso": true,
    "My phone is 555 1234": true,
    "My email address is ann@example.org": true,
    "Ann now lives in Oslo": false,
    "Ann's mother lives in Graz": true,
    "Мой брат живёт в Брно": true,
    "Я живу в Праге": true,
  };
  for (const text of Object.keys(holds)) {
    ids.push(...(await take(memory, [newFact(text)])));
    clock.tick(DAY_MS);
  }
  await memory.consolidate({ signal });
  expect(Object.fromEntries(await told(memory, ids))).toEqual(holds);
});

test("who moves away and back lives there again, also after the night that ended the first time", async () => {
  const clock = memoryClock(Date.UTC(2025, 0, 6));
  const memory = await newMemory({ clock });
  const ids: string[] = [];
  for (const text of ["I live in Berlin", "I live in Rome", "I live in Berlin", "I live in Rome"]) {
    ids.push(...(await take(memory, [newFact(text)])));
    clock.tick(DAY_MS);
    await memory.consolidate({ signal });
  }
  expect(await told(memory, ids)).toEqual([
    ["I live in Berlin", false],
    ["I live in Rome", false],
    ["I live in Berlin", false],
    ["I live in Rome", true],
  ]);
});

test("what was put away and is said again is at hand again, and undoing a night leaves later corrections", async () => {
  const clock = memoryClock(Date.UTC(2025, 0, 6));
  const memory = await newMemory({ clock });
  const plan = (text: string) => newFact(text, { kind: "plan" });
  const [garden = "", boat = ""] = await take(memory, [
    plan("I will dig up the garden"),
    plan("I will paint the boat"),
  ]);
  clock.tick(200 * DAY_MS);
  await memory.consolidate({ signal });
  const [again = ""] = await take(memory, [plan("I will dig up the garden")]);
  expect([again, (await memory.facts.get(garden))?.standing]).toEqual([garden, "active"]);
  const corrected = await memory.correct(boat, { text: "I will sell the boat", by: "Ann" }, { signal });
  const ended = await memory.facts.get(boat);
  await memory.undo();
  expect(await memory.facts.get(boat)).toMatchObject({ standing: "active", validTo: ended?.validTo });
  expect(corrected).toMatchObject({ corrected: true, id: ended?.successor });
});

test("what a night ends or merges is told to colleagues no more, and is told again when the night is undone", async () => {
  const { ledger, close } = await openTestLedger();
  const clock = memoryClock(Date.UTC(2025, 0, 6));
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const memory = await newMemory({ clock, shared });
  for (const text of ["I live in Lisbon.", "I live in Porto."]) {
    const common = { thread: "private", message: null, audience: "person:ann", answer: null } as const;
    await memory.remember({ ...common, person: { id: "ann", name: "Ann", isOwner: false }, text });
    await memory.extraction.next({ signal });
    clock.tick(DAY_MS);
  }
  const known = async () => (await shared.known({ person: "ann" })).map(({ fact }) => fact.text).toSorted();
  expect(await known()).toEqual(["I live in Lisbon.", "I live in Porto."]);
  await memory.consolidate({ signal });
  expect(await known()).toEqual(["I live in Porto."]);
  await memory.undo();
  expect(await known()).toEqual(["I live in Lisbon.", "I live in Porto."]);
  close();
});
