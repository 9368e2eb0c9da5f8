/** Vectors from an OpenAI-compatible endpoint, and what another process writes beside this one. */
import { expect, test } from "vitest";
import { homeAt, readEnv } from "../../../shared/config/index.ts";
import { createOfflineEmbedder } from "../../../shared/memory/embed/offline.ts";
import { type Memory, type Reader, storesOf } from "../../../shared/memory/index.ts";
import { openDatabase } from "../../../shared/sqlite/index.ts";
import { newFact, newMemory, newPath, signal, take } from "./memory-home.ts";

const ann: Reader = { person: "ann", isOwner: false, room: null };

function endpoint(dimensions: number, status = 200) {
  const asked: { url: string; body: { model: string; input: string[] }; key: string | null }[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const body = JSON.parse(String(init?.body)) as { model: string; input: string[] };
    asked.push({ url: String(url), body, key: new Headers(init?.headers).get("authorization") });
    const data = body.input.map((text, index) => ({
      index,
      embedding: Array.from({ length: dimensions }, (_, i) => (i === text.length % dimensions ? 1 : 0.01)),
    }));
    return Response.json({ data: data.toReversed() }, { status });
  };
  return { asked, fetch };
}

function stores(fetch: typeof globalThis.fetch, more: Record<string, string> = {}) {
  const { env } = readEnv({
    EMBEDDINGS_BASE_URL: "http://127.0.0.1:9/v1/",
    EMBEDDINGS_API_KEY: "key-1",
    EMBEDDINGS_DIMENSIONS: "8",
    QDRANT_URL: "",
    ...more,
  });
  return storesOf(env, {
    home: homeAt(newPath()),
    agent: "kronos",
    fetch,
    pay: async (_worst, _cost, call) => ({ paid: true, value: await call() }),
  });
}

test("texts are embedded in batches, each gets its own vector, and the layer knows meaning", async () => {
  const { asked, fetch } = endpoint(8);
  const memory = await newMemory(stores(fetch));
  await take(memory, [newFact("four"), newFact("three"), newFact("")]);
  expect(asked[0]).toMatchObject({ url: "http://127.0.0.1:9/v1/embeddings", key: "Bearer key-1" });
  expect(asked[0]?.body.input).toEqual(["four", "three", " "]);
  const [nearest] = await memory.layer("vectors").search("five", { reader: ann, limit: 3, signal });
  expect((await memory.facts.get(nearest?.id ?? ""))?.text).toBe("four");
});

test.each([
  [endpoint(5), /makes vectors of 5 dimensions, and 8 are expected. Set EMBEDDINGS_DIMENSIONS=5/],
  [endpoint(8, 401), /answered 401. Check its key/],
  [{ fetch: () => Promise.reject(new Error("refused")) }, /did not answer: refused/],
])(
  "an endpoint that cannot be used is refused with a sentence, and nothing half is kept",
  async ({ fetch }, because) => {
    const memory = await newMemory(stores(fetch));
    await memory.facts.keep([newFact("My bicycle is green")]);
    await expect(memory.index(10, signal)).rejects.toThrow(because);
    const { recollections, missing } = await memory.recall("What colour is my bicycle?", { reader: ann });
    expect(recollections).toHaveLength(1);
    expect(missing[0]?.because).toMatch(because);
  },
);

test("what another process keeps is found here, and what it forgets or ends is gone here", async () => {
  const path = newPath();
  const here = await newMemory({ path });
  const there = await newMemory({ path });
  const found = async (memory: Memory) =>
    (await memory.recall("What colour is my bicycle?", { reader: ann })).recollections.map(({ fact }) => fact.text);
  // Every layer was asked before, and has to notice.
  await take(there, [newFact("My boat is white")]);
  await found(here);
  const [id = ""] = await take(there, [newFact("My bicycle is green")]);
  expect((await found(here))[0]).toBe("My bicycle is green");
  const near = async () =>
    (await here.layer("vectors").search("bicycle", { reader: ann, limit: 1, signal })).map((hit) => hit.id);
  expect(await near()).toEqual([id]);
  await there.forget({ ids: [id] }, { signal });
  expect(await found(here)).not.toContain("My bicycle is green");
  expect(await near()).not.toContain(id);
});

test("whoever only looks sees all of it and writes nothing", async () => {
  const path = newPath();
  const writer = await newMemory({ path });
  await take(writer, [newFact("My bicycle is green")]);
  const reader = await newMemory({ path, readonly: true });
  expect((await reader.recall("What colour is my bicycle?", { reader: ann })).recollections).toHaveLength(1);
  await expect(reader.facts.keep([newFact("no")])).rejects.toThrow(/readonly/);
});

test("vectors that an earlier version wrote as floats are read as they are", async () => {
  const path = newPath();
  const memory = await newMemory({ path });
  const [id] = await take(memory, [newFact("My bicycle is green"), newFact("My boat is white")]);
  memory.close();
  const db = openDatabase(path, { durability: "off" });
  const offline = createOfflineEmbedder();
  const [vector = new Float32Array()] = await offline.embed(["My bicycle is green"], { signal });
  db.prepare("UPDATE vectors SET vector = ? WHERE fact = 1").run(Buffer.from(vector.buffer));
  db.close();
  const again = await newMemory({ path });
  const [nearest] = await again.layer("vectors").search("bicycle", { reader: ann, limit: 1, signal });
  expect(nearest?.id).toBe(id);
});
