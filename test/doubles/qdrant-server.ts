/**
 * A loopback server that keeps Qdrant's REST contract for the calls that our client and mem0ai make
 * (https://api.qdrant.tech: collections, points, filters by match). Bodies and answers are held to the published contract
 * (qdrant-contract.ts). It answers 404 to a path, and 400 to a field or a filter it does not know.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Schemas } from "@qdrant/js-client-rest";
import { asBody, collectionInfo } from "./qdrant-contract.ts";

/** Every result that a route may answer with, by its name in the contract. */
type Result =
  | Schemas["VersionInfo"]
  | Schemas["CollectionsResponse"]
  | Schemas["CollectionInfo"]
  | Schemas["UpdateResult"]
  | Schemas["ScoredPoint"][]
  | Schemas["QueryResponse"]
  | Schemas["ScrollResult"]
  | Schemas["Record"][]
  | boolean
  | string;

type Payload = Record<string, unknown>;
type Point = { id: string | number; vector: number[]; payload: Payload };
type Collection = {
  size: number;
  params: Schemas["CollectionParams"];
  points: Map<string | number, Point>;
  indexes: Set<string>;
};
type Condition = { key?: string; match?: { value?: unknown; any?: unknown[] } } & Filter;
type Filter = { must?: Condition[]; should?: Condition[]; must_not?: Condition[] };

export type QdrantDouble = {
  url: string;
  /** Every call, as "METHOD path". */
  calls: string[];
  /** Every call that was answered, with its body and the result. */
  exchanges: { call: string; body: unknown; result: unknown }[];
  payloads(): Payload[];
  indexes(): string[];
  /** From now on answers wait until they are released. */
  hang(): () => void;
  close(): Promise<void>;
};

export async function openQdrantDouble(): Promise<QdrantDouble> {
  const collections = new Map<string, Collection>();
  const calls: string[] = [];
  const exchanges: QdrantDouble["exchanges"] = [];
  let gate = Promise.resolve();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const body = text === "" ? {} : JSON.parse(text);
    const path = new URL(request.url ?? "/", "http://double").pathname;
    calls.push(`${request.method} ${path}`);
    await gate;
    const send = (status: number, result: unknown) => {
      const told = status < 300 ? { result, status: "ok", time: 0 } : { status: { error: String(result) }, time: 0 };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(told));
    };
    try {
      const [status, result] = route(`${request.method}`, path.split("/").filter(Boolean), body);
      if (status < 300) exchanges.push({ call: `${request.method} ${path}`, body, result });
      send(status, result);
    } catch (error) {
      send(400, error);
    }
  }

  function route(method: string, [head, name = "", ...rest]: string[], body: Payload): [number, Result] {
    if (head === undefined) return [200, { title: "qdrant - vector search engine", version: "1.15.5" }];
    if (head !== "collections") return [404, "no such path"];
    if (name === "") return [200, { collections: [...collections.keys()].map((one) => ({ name: one })) }];
    const collection = collections.get(name);
    const what = `${method} ${rest.join("/")}`;
    if (what === "PUT ") {
      if (collection !== undefined) return [409, `Wrong input: Collection \`${name}\` already exists!`];
      const { vectors, sparse_vectors = null } = asBody("CreateCollection", body);
      const { size } = vectors as Schemas["VectorParams"];
      collections.set(name, {
        size,
        params: { ...(vectors !== undefined && { vectors }), sparse_vectors },
        points: new Map(),
        indexes: new Set(),
      });
      return [200, true];
    }
    if (collection === undefined) return [404, `Not found: Collection \`${name}\` doesn't exist!`];
    const { points } = collection;
    const matching = () => [...points.values()].filter(({ payload }) => holds(body["filter"] as Filter, payload));
    const done: Schemas["UpdateResult"] = { operation_id: 1, status: "completed" };
    switch (what) {
      case "GET ":
        return [200, collectionInfo(points.size, collection.params)];
      case "PUT index":
        collection.indexes.add(asBody("CreateFieldIndex", body).field_name);
        return [200, done];
      case "PUT points": {
        for (const point of (body as Schemas["PointsList"]).points) {
          const { id, vector, payload } = asBody("PointStruct", point);
          const dense = (Array.isArray(vector) ? vector : (vector as Record<string, number[]>)[""]) as number[];
          if (dense.length !== collection.size)
            throw new Error(`expected dim: ${collection.size}, got ${dense.length}`);
          points.set(id, { id, vector: dense, payload: (payload ?? {}) as Payload });
        }
        return [200, done];
      }
      case "POST points/search": {
        const { vector: wanted, limit } = asBody("SearchRequest", body);
        const asked = wanted as number[];
        const scored = matching().map(({ id, vector, payload }) => ({
          id,
          version: 1,
          score: cosine(asked, vector),
          payload,
        }));
        return [200, scored.sort((a, b) => b.score - a.score).slice(0, limit)];
      }
      case "POST points/query":
        asBody("QueryRequest", body);
        return [200, { points: [] }];
      case "POST points/scroll": {
        const found = matching().slice(0, asBody("ScrollRequest", body).limit ?? 10);
        return [200, { points: found.map(({ id, payload }) => ({ id, payload })), next_page_offset: null }];
      }
      case "POST points":
        return [200, asBody("PointRequest", body).ids.flatMap((id) => points.get(id) ?? [])];
      case "POST points/delete": {
        const gone = body["points"] === undefined ? matching().map(({ id }) => id) : (body["points"] as string[]);
        for (const id of gone) points.delete(id);
        return [200, done];
      }
      default:
        return [404, "no such path"];
    }
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const ours = () => [...collections].filter(([name]) => name.startsWith("kaos-"));
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    exchanges,
    payloads: () => ours().flatMap(([, { points }]) => [...points.values()].map(({ payload }) => payload)),
    indexes: () => ours().flatMap(([, { indexes }]) => [...indexes]),
    hang() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Qdrant's filter: all of `must`, one of `should` when there are any, none of `must_not`; a list matches by any element. */
function holds(filter: Filter | undefined, payload: Payload): boolean {
  if (filter === undefined) return true;
  const { must = [], should = [], must_not = [] } = filter;
  const one = (condition: Condition): boolean => {
    if (condition.key === undefined) return holds(condition, payload);
    const values = [payload[condition.key]].flat();
    if (condition.match?.any !== undefined) return condition.match.any.some((wanted) => values.includes(wanted));
    if (condition.match !== undefined && "value" in condition.match) return values.includes(condition.match.value);
    throw new Error(`Format error in JSON body: unknown condition ${JSON.stringify(condition)}`);
  };
  return must.every(one) && (should.length === 0 || should.some(one)) && !must_not.some(one);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
