/** The Memory Explorer: facts, a search with its reasons, one fact's sources, the graph, and text that stays text. */
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { openMemory } from "../../shared/memory/index.ts";
import { arrive, member, openTestHome, type TestHome, watchWrites } from "./home.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

async function read(query = ""): Promise<string> {
  const answer = await person.get(`/memory${query}`);
  expect(answer.status).toBe(200);
  return (await answer.text()).replace(/\s+/g, " ");
}

async function remembered(): Promise<string> {
  const { signal } = new AbortController();
  const memory = await openMemory({ path: home.files.agent("kronos").database, clock: home.clock, durability: "off" });
  await memory.remember({
    thread: "main",
    message: "m1",
    person: { id: "ann", name: "Ann", isOwner: true },
    audience: "room:main",
    text: "I live in Lisbon. I like <b>green</b> tea.",
    answer: { by: "kronos", text: "Noted.", model: "scripted" },
  });
  await memory.extraction.next({ signal });
  await memory.index(10, signal);
  const fact = (await memory.facts.list({ limit: 10 })).find(({ text }) => text.includes("Lisbon"));
  memory.close();
  return fact?.id ?? "";
}

test("an agent that remembers nothing says so", async () => {
  expect(await read("?agent=nexus")).toContain("nexus remembers nothing yet");
});

test("facts, conversations and names stand there, and nobody's words become markup", async () => {
  await remembered();
  const page = await read();
  expect(page).toContain("I like &lt;b&gt;green&lt;/b&gt; tea");
  expect(page).toMatch(/<svg class="graph"[^>]*role="img"/);
  expect(page).toContain("Lisbon: in");
  expect(page).toMatch(/thread=main/);
  expect(await read("?agent=kronos&thread=main")).toContain("Noted.");
});

test("a search shows the score of each fact, its place in each layer, and what counted", async () => {
  await remembered();
  const page = await read("?agent=kronos&q=Where+do+I+live%3F");
  expect(page).toMatch(/facts \d+\., vectors \d+\./);
  expect(page).toContain("what counted");
});

test("a fact tells its sources and how it is forgotten; a view never writes", async () => {
  const id = await remembered();
  const eye = watchWrites(home.files.agent("kronos").database);
  onTestFinished(eye.close);
  const page = await read(`?agent=kronos&fact=${id}`);
  expect(page).toContain("message m1");
  expect(page).toContain(`kaos memory forget ${id} --agent kronos --yes`);
  expect(await read("?agent=kronos&fact=f000000000000")).toContain("no fact of this id");
  await read("?agent=kronos&q=Where+do+I+live%3F");
  await read("?agent=kronos&thread=main");
  expect(eye.written()).toBe(false);
  await remembered();
  expect(eye.written()).toBe(true);
});
