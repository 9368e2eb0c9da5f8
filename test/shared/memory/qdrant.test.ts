/** Vectors on a Qdrant server through Mem0 and the real client, over a loopback double of the server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../shared/base/index.ts";
import type { Memory, Reader } from "../../../shared/memory/index.ts";
import { portOf } from "../../../shared/memory/layers/qdrant-vectors.ts";
import { memoryLayerContract } from "../../contracts/memory-layer.ts";
import { openQdrantDouble, type QdrantDouble } from "../../doubles/qdrant-server.ts";
import { newFact, newMemory, newPath, signal, take } from "./memory-home.ts";
import { named, problems, type Schema } from "./qdrant-openapi/validate.ts";

const ann: Reader = { person: "ann", isOwner: false, room: null };
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "kaos-mem0-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};
const onServer = ({ url }: { url: string }, agent = "kronos") => ({ url, apiKey: "", agent, folder: folder() });

async function server(): Promise<QdrantDouble> {
  const double = await openQdrantDouble();
  onTestFinished(double.close);
  return double;
}

memoryLayerContract("the vectors layer on Qdrant", async () => {
  const double = await openQdrantDouble();
  const memory: Memory = await newMemory({ qdrant: onServer(double) });
  return { layer: memory.layer("vectors"), take: (facts) => take(memory, facts), close: double.close };
});

test("agents share a server and never see each other's facts; agent and audience are indexed there", async () => {
  const double = await server();
  const kronos = await newMemory({ qdrant: onServer(double) });
  const nexus = await newMemory({ qdrant: onServer(double, "nexus") });
  await take(kronos, [newFact("My bicycle is green", { audience: "public" })]);
  const search = (memory: Memory) => memory.layer("vectors").search("bicycle", { reader: ann, limit: 5, signal });
  expect(await search(kronos)).toHaveLength(1);
  expect(await search(nexus)).toEqual([]);
  expect(double.indexes()).toEqual(expect.arrayContaining(["agent_id", "fact", "reads"]));
});

test("forgetting leaves nothing on the server", async () => {
  const double = await server();
  const memory = await newMemory({ qdrant: onServer(double) });
  const [id = ""] = await take(memory, [newFact("My bicycle is green"), newFact("My car is red")]);
  expect(JSON.stringify(double.payloads())).toContain("bicycle");
  expect((await memory.forget({ ids: [id] }, { signal })).stillFound).toEqual([]);
  expect(JSON.stringify(double.payloads())).not.toContain("bicycle");
  expect(double.payloads()).toHaveLength(1);
});

test("a server that is down, or silent, is named in the answer, and the other layers answer", async () => {
  const double = await server();
  const memory = await newMemory({ clock: systemClock, qdrant: onServer(double) });
  await take(memory, [newFact("My bicycle is green")]);
  const release = double.hang();
  const slow = await memory.recall("What colour is my bicycle?", { reader: ann });
  expect(slow.missing).toEqual([{ layer: "vectors", because: expect.stringMatching(/did not answer within 800 ms/) }]);
  expect(slow.recollections).toHaveLength(1);
  release();
  await double.close();
  const down = await memory.recall("What colour is my bicycle?", { reader: ann });
  expect(down.missing[0]?.because).toMatch(/vector store at http.* did not answer/);
  expect(down.recollections).toHaveLength(1);
});

test("vectors move to the server and back, and what was left behind is emptied", async () => {
  const double = await server();
  const path = newPath();
  const embedded = await newMemory({ path });
  await take(embedded, [newFact("My bicycle is green"), newFact("My car is red")]);
  const moved = await newMemory({ path, qdrant: onServer(double) });
  expect(await moved.index(10, signal)).toBe(2);
  expect(double.payloads()).toHaveLength(2);
  const back = await newMemory({ path });
  expect(await back.index(10, signal)).toBe(2);
  await moved.emptyVectors();
  expect(double.payloads()).toEqual([]);
  expect(await back.layer("vectors").search("bicycle", { reader: ann, limit: 5, signal })).toHaveLength(2);
});

/** What is sent and what is answered, by the call; a delete is asked for by filter alone here. */
const contract: Readonly<Record<string, { body?: Schema; result: Schema }>> = {
  "GET /collections": { result: named("CollectionsResponse") },
  "PUT /collections/*": { body: named("CreateCollection"), result: { type: "boolean" } },
  "GET /collections/*": { result: named("CollectionInfo") },
  "PUT /collections/*/index": { result: named("UpdateResult") },
  "PUT /collections/*/points": { body: named("PointsList"), result: named("UpdateResult") },
  "POST /collections/*/points": { body: named("PointRequest"), result: { type: "array", items: named("Record") } },
  "POST /collections/*/points/search": {
    body: named("SearchRequest"),
    result: { type: "array", items: named("ScoredPoint") },
  },
  "POST /collections/*/points/scroll": { body: named("ScrollRequest"), result: named("ScrollResult") },
  "POST /collections/*/points/delete": {
    body: { type: "object", required: ["filter"], properties: { filter: named("Filter") } },
    result: named("UpdateResult"),
  },
};

test("what the real client sends, and what the double answers, fits Qdrant's published OpenAPI", async () => {
  const double = await server();
  const memory = await newMemory({ qdrant: onServer(double) });
  const [id = ""] = await take(memory, [
    newFact("My bicycle is green"),
    newFact("My boat is white", { audience: "room:main" }),
  ]);
  await memory.recall("What colour is my bicycle?", { reader: ann });
  await memory.forget({ ids: [id] }, { signal });
  await memory.emptyVectors();
  const seen = new Set<string>();
  for (const { call, body, result } of double.exchanges) {
    const kind = call.replace(/(?<=collections\/)[^/]+/, "*");
    const fits = contract[kind];
    if (fits === undefined) continue;
    seen.add(kind);
    expect({ call, problems: fits.body === undefined ? [] : problems(body, fits.body) }).toEqual({
      call,
      problems: [],
    });
    expect({ call, problems: problems(result, fits.result) }).toEqual({ call, problems: [] });
  }
  for (const needed of ["PUT /collections/*", "PUT /collections/*/points", "POST /collections/*/points/search"])
    expect([...seen]).toContain(needed);
  expect([...seen]).toContain("POST /collections/*/points/delete");
  expect(problems({ vector: [1], limit: 0, filter: { mst: [] } }, named("SearchRequest"))).toHaveLength(2);
});

test("a port that is written is taken, also where the scheme implies it; without one it is Qdrant's own", () => {
  const ports = {
    "https://host:443": 443,
    "https://host:443/": 443,
    "http://user@host:80/path": 80,
    "http://[::1]:7000": 7_000,
    "https://host": 6_333,
    "http://[::1]": 6_333,
    "https://host/path:9": 6_333,
  };
  expect(Object.fromEntries(Object.keys(ports).map((url) => [url, portOf(url)]))).toEqual(ports);
});
