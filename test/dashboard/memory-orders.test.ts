/** What a person orders in the Memory Explorer: forgotten, corrected, supposed; the agent carries it out and the page shows its receipt. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { carryOut, createShared, type Memory, memoryOrderSchema, openMemory } from "../../shared/memory/index.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

const { signal } = new AbortController();

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
let memory: Memory;
beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
  memory = await openMemory({
    path: home.files.agent("kronos").database,
    clock: home.clock,
    durability: "off",
    shared: createShared(home.ledger.sharedFacts, { agent: "kronos" }),
  });
  await memory.remember({
    thread: "main",
    message: "m1",
    person: { id: "ann", name: "Ann", isOwner: true },
    audience: "room:main",
    text: "I live in Lisbon. I like green tea.",
    answer: { by: "kronos", text: "Noted.", model: "scripted" },
  });
  await memory.extraction.next({ signal });
  await memory.index(10, signal);
});
afterEach(async () => {
  memory.close();
  await home.close();
});

const post = (form: Record<string, string>) =>
  person.post("/memory/orders", { csrf: person.csrf, agent: "kronos", ...form });
const drawn = async (words: string) =>
  (await memory.facts.list({ limit: 20 })).find(({ text, kind }) => kind !== "said" && text.includes(words))?.id ?? "";
const page = async (path: string) => (await (await person.get(path)).text()).replace(/\s+/g, " ");

/** The agent takes up what was ordered, as its work loop does. */
async function carried(): Promise<string> {
  const work = await home.ledger.assignments.take("kronos");
  const order = memoryOrderSchema.parse(JSON.parse(work?.task ?? "{}"));
  const done = await carryOut(memory, order, { by: work?.giver ?? "", signal });
  await home.ledger.assignments.finish(work?.id ?? 0, work?.fence ?? 0, {
    result: JSON.stringify(done),
    because: done.because,
  });
  return done.because;
}

test("a fact is forgotten by its agent, and the receipt stands on the page", async () => {
  const id = await drawn("Lisbon");
  expect(await page(`/memory?agent=kronos&fact=${id}`)).toContain("Forget it");
  const answer = await post({ order: "forget", ids: id });
  const next = answer.headers.get("location") ?? "";
  expect(next).toMatch(/^\/memory\?agent=kronos&order=\d+$/);
  expect(await page(next)).toContain("has not taken it up yet");
  await carried();
  const after = await page(next);
  expect(after).toContain("Every layer was searched again and found nothing of it.");
  expect(after).toContain(id);
  expect(after).not.toContain("Lisbon");
});

test("a corrected fact ends, and what holds instead leads from it", async () => {
  const id = await drawn("Lisbon");
  await post({ order: "correct", id, text: "I live in Porto" });
  expect(await carried()).toMatch(new RegExp(`^${id} has ended, and f[0-9a-f]{12} holds in its place`));
  const reader = { person: "ann", isOwner: true, room: null };
  const { recollections } = await memory.recall("Where do I live?", { reader });
  const kept = recollections.map(({ fact }) => fact).filter(({ kind }) => kind !== "said");
  expect(kept[0]).toMatchObject({ text: "I live in Porto", origin: "owner", confidence: 1 });
  expect(await memory.facts.get(id)).toMatchObject({ successor: kept[0]?.id });
  await post({ order: "correct", id, text: "I live in Faro" });
  expect(await carried()).toMatch(/holds no more/);
});

test.each([
  [{ order: "forget everything" }, "kronos"],
  [{ order: "forget person", person: "ann" }, "ann"],
  [{ order: "forget thread", thread: "main" }, "main"],
])("%o needs its name typed, and then leaves nothing", async (form, typed) => {
  expect((await post({ ...form, confirm: "yes" })).status).toBeGreaterThanOrEqual(400);
  expect(await home.ledger.assignments.take("kronos")).toBeUndefined();
  await post({ ...form, confirm: typed });
  await carried();
  const left = (await memory.facts.list({ limit: 20 })).map(({ text }) => text).join(" ");
  expect(left).not.toContain("I live in Lisbon. I like green tea.");
  expect(await memory.sessions.recent("main", 5)).toEqual([]);
});

test("what is supposed of a person is read, written, changed and struck", async () => {
  await post({ order: "suppose", person: "ann", text: "Ann works best in the morning" });
  await carried();
  const [one] = await memory.model.hypotheses("ann");
  expect(await page("/memory?agent=kronos&person=ann")).toContain("Ann works best in the morning");
  await post({ order: "reword", hypothesis: String(one?.id), text: "Ann works best at night" });
  await carried();
  expect((await memory.model.hypotheses("ann"))[0]).toMatchObject({ text: "Ann works best at night", by: "you" });
  await post({ order: "strike", hypothesis: String(one?.id) });
  await carried();
  expect(await memory.model.hypotheses("ann")).toEqual([]);
});

test("an order that is none is refused, and nothing is given to anybody", async () => {
  for (const form of [{ order: "forget", ids: "f1 OR 1=1" }, { order: "burn" }, { agent: "nobody", order: "strike" }])
    expect((await post(form as unknown as Record<string, string>)).status).toBeGreaterThanOrEqual(400);
  expect(await home.ledger.assignments.latest(5)).toEqual([]);
});
