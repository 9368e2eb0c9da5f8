/** I11 over everything that a fact leaves behind: no row of any table has a word of it once it is forgotten. */
import { expect, test } from "vitest";
import type { ToolContext } from "../../../shared/engine/index.ts";
import {
  createShared,
  type Drawn,
  type Extractor,
  type Memory,
  memoryMigrations as migrations,
  type Reader,
} from "../../../shared/memory/index.ts";
import { migrate, openDatabase } from "../../../shared/sqlite/index.ts";
import { forget } from "../../../shared/tools/memory/forget.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { openQdrantDouble } from "../../doubles/qdrant-server.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { fickleEmbedder } from "./fickle-embedder.ts";
import { memoryClock, newFact, newMemory, newPath, signal, take } from "./memory-home.ts";

const DAY_MS = 86_400_000;
const ann: Reader = { person: "ann", isOwner: false, room: null };
const turn = {
  thread: "private",
  message: null,
  person: { id: "ann", name: "Ann", isOwner: false },
  audience: "person:ann",
} as const;

/** Every text that stands in a file, with the table it stands in. */
function textsIn(path: string): string[] {
  const db = openDatabase(path, { durability: "off" });
  try {
    const tables = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_text\\_%' ESCAPE '\\'",
      )
      .pluck()
      .all();
    return tables.flatMap((table) =>
      db
        .prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`)
        .all()
        .map((row) => `${table}: ${JSON.stringify(row)}`),
    );
  } finally {
    db.close();
  }
}

/** Draws the words between stars, each as a fact of its own. */
const starred: Extractor = async ({ text }) =>
  [...text.matchAll(/\*([^*]+)\*/g)].map(
    ([, words = ""]): Drawn => ({ text: words, kind: "plan", quote: words, confidence: 0.9, relations: [] }),
  );

async function drawAll(memory: Memory): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const drawn = await memory.extraction.next({ signal });
    if (drawn.kind !== "extracted") break;
    ids.push(...drawn.facts.map(({ id }) => id));
  }
  while ((await memory.index(100, signal)) > 0);
  return ids;
}

test("a fact that was noticed, supposed, shared, linked and summed up stands in no table any more", async () => {
  const { ledger, close, path: ledgerPath } = await openTestLedger();
  const clock = memoryClock(Date.UTC(2025, 5, 2));
  const path = newPath();
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const memory = await newMemory({ path, clock, shared, extractor: starred });
  for (const text of [
    "*On 3 June 2025 I will see Doctor Quillfeather* and the weather is fine.",
    "*Quillfeather-Clinic is also known as Quillfeather Clinic*",
    "*I get up at six* and *I drink green tea* and *I swim on Mondays*",
  ])
    await memory.remember({ ...turn, text, answer: { by: "kronos", text: "Noted.", model: "m" } });
  const ids = await drawAll(memory);
  await memory.sessions.compact({
    ...{ thread: "private", last: 6, summary: "Doctor Quillfeather on 3 June", model: null, because: "it was long" },
    receipt: { found: {}, added: [], leftOut: 0 },
  });
  clock.tick(3 * DAY_MS);
  const [doctor = "", clinic = ""] = ids;
  const proposed = [{ text: "Ann sees Quillfeather and needs rest", for: [doctor, ids[2]], against: [] }];
  const model = scriptedModel([{ reply: { text: JSON.stringify({ weighed: [], proposed }) } }]);
  await memory.model.reflect({ model, signal });
  const night = await memory.consolidate({ signal });
  expect(JSON.stringify(night)).toContain("Quillfeather");
  expect(await memory.model.hypotheses("ann")).toHaveLength(1);

  const receipt = await memory.forget({ ids: [doctor, clinic] }, { signal });
  expect(receipt.stillFound).toEqual([]);
  expect(textsIn(path).filter((text) => /quillf/i.test(text))).toEqual([]);
  expect(textsIn(ledgerPath).filter((text) => /quillf/i.test(text))).toEqual([]);
  const lines: unknown[] = [];
  await memory.moving.takeOut((_, line) => void lines.push(line));
  expect(JSON.stringify(lines)).not.toMatch(/quillf/i);
  // What was said besides is still found, in full text too.
  const left = await memory.layer("facts").search("How is the weather?", { reader: ann, limit: 5, signal });
  expect(left).toHaveLength(1);
  close();
});

test("of a hundred random forgets over turns, none leaves a word in a table", async () => {
  const { ledger, close, path: ledgerPath } = await openTestLedger();
  const path = newPath();
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const memory = await newMemory({ path, shared, extractor: starred });
  const dice = (n: number) => (n * 2_654_435_761) % 97;
  for (let n = 0; n < 60; n++) {
    const more = dice(n) % 2 === 0 ? ` besides aside${n}x` : "";
    await memory.remember({ ...turn, text: `*I plan secret${n}x* and *I want hidden${n}x*${more}`, answer: null });
  }
  const drawn = (await memory.facts.many(await drawAll(memory))).filter(
    ({ text }) => dice(text.length + Number(/\d+/.exec(text))) % 3 > 0,
  );
  const gone = drawn.map(({ text }) => text.split(" ").at(-1) ?? "");
  for (const { id } of drawn) expect((await memory.forget({ ids: [id] }, { signal })).stillFound).toEqual([]);
  const left = [...textsIn(path), ...textsIn(ledgerPath)].join("\n");
  expect(gone.filter((word) => left.includes(word))).toEqual([]);
  expect(gone.length).toBeGreaterThan(50);
  expect((await memory.facts.list({ limit: 500 })).length).toBeGreaterThan(60);
  close();
});

test("each place where a fact was said loses its own words, and a long one keeps its end", async () => {
  const memory = await newMemory({ extractor: starred });
  const long = `${"so it went ".repeat(2_000)}and that was the end.`;
  await memory.remember({ ...turn, text: `Well, *I like rye bread* and the soup was good. ${long}`, answer: null });
  await memory.remember({ ...turn, text: "You know, *i like RYE bread!* The sea was calm.", answer: null });
  const [id = ""] = await drawAll(memory);
  await memory.forget({ ids: [id] }, { signal });
  const [first, second] = await memory.sessions.recent("private", 5);
  expect(first?.text).toBe(`Well, *[…]* and the soup was good. ${long}`);
  expect(second?.text).toBe("You know, *[…]* The sea was calm.");
});

test("on a server, what was said and has nothing else goes with its fact", async () => {
  const double = await openQdrantDouble();
  const path = newPath();
  const qdrant = { url: double.url, apiKey: "", agent: "kronos", folder: `${path}-mem0` };
  const memory = await newMemory({ path, qdrant });
  await memory.remember({ ...turn, text: "I live in Lisbon.", answer: null });
  await memory.remember({ ...turn, text: "I love rye bread.", answer: null });
  const [id = ""] = await drawAll(memory);
  expect(double.payloads()).toHaveLength(4);
  expect((await memory.forget({ ids: [id] }, { signal })).stillFound).toEqual([]);
  expect(JSON.stringify(double.payloads())).not.toContain("Lisbon");
  expect(double.payloads()).toHaveLength(2);
  await double.close();
});

test("what a colleague shared is forgotten by its id and with its person, and by nobody's order but theirs", async () => {
  const { ledger, close } = await openTestLedger();
  const doorOf = (agent: string) => createShared(ledger.sharedFacts, { agent });
  const kronos = await newMemory({ shared: doorOf("kronos") });
  const nexus = await newMemory({ shared: doorOf("nexus") });
  const share = async (text: string) => {
    const [id = ""] = await take(nexus, [newFact(text)]);
    await doorOf("nexus").put(await nexus.facts.many([id]), { signal });
    return id;
  };
  const id = await share("I live in Lisbon");
  await share("I drink green tea");
  const recalled = async () =>
    (await kronos.recall("Do I live in Lisbon and drink green tea?", { reader: ann })).recollections.length;
  expect(await recalled()).toBe(2);
  const orderedBy = async (person: string) => {
    const reader = { person, isOwner: false, room: null };
    const who = { id: person, name: person, isOwner: false };
    const tool = forget(kronos, { reader, audience: "public", person: who, message: null });
    return tool.run({ ids: [id] }, { signal } as ToolContext);
  };
  expect(await orderedBy("bob")).toEqual({
    text: expect.stringMatching(/^Nothing was forgotten: .* about somebody else/),
  });
  expect(await orderedBy("ann")).toEqual({ text: `Forgotten: ${id}.` });
  expect([await recalled(), await kronos.wasForgotten(id)]).toEqual([1, true]);
  await kronos.forget({ person: "ann" }, { signal });
  expect(await recalled()).toBe(0);
  close();
});

test("a layer that cannot be searched again is named in the receipt, and what was forgotten is forgotten", async () => {
  const embedder = fickleEmbedder({ isOut: false });
  const memory = await newMemory({ embedder });
  const [id = ""] = await take(memory, [newFact("I live in Lisbon")]);
  embedder.isOut = true;
  expect(await memory.forget({ ids: [id] }, { signal })).toMatchObject({
    forgotten: [id],
    stillFound: [{ layer: "vectors", because: "The embedder does not answer." }],
  });
  expect(await memory.facts.get(id)).toBeUndefined();
});

test("the reports of earlier nights lose their words with the first start of this version", async () => {
  const [path, clock] = [newPath(), memoryClock()];
  const db = openDatabase(path, { durability: "off" });
  const before = migrations.findIndex(({ name }) => name === "0011-more-work");
  await migrate(db, { what: "The memory", migrations: migrations.slice(0, before), clock });
  const report = [
    { step: "merge duplicates", changes: [{ id: "f0123456789ab", because: "It says the same." }], rolledBack: false },
    {
      step: "link aliases",
      changes: [{ id: "Quillfeather", because: "“Quillfeather” is spelled so." }],
      rolledBack: true,
    },
    { step: "insights", changes: [{ id: "f1, f2", because: "Doctor Quillfeather was planned." }], rolledBack: false },
  ];
  const add = db.prepare<[number, string]>("INSERT INTO nights (at, report) VALUES (?, ?)");
  add.run(1, JSON.stringify(report));
  add.run(2, "{}");
  db.close();
  const memory = await newMemory({ path, clock });
  const nights: unknown[] = [];
  await memory.moving.takeOut((kind, line) => void (kind === "nights" && nights.push(line)));
  expect(nights).toMatchObject([
    {
      report: [
        { step: "merge duplicates", changes: [{ id: "f0123456789ab" }], rolledBack: false },
        { step: "link aliases", changes: [], rolledBack: true },
        { step: "insights", changes: [{ id: "f1, f2" }], rolledBack: false },
      ],
    },
    { report: [] },
  ]);
  expect(JSON.stringify(nights)).not.toMatch(/Quillf|because/);
});
