/** Memory layer 3 on a Qdrant server, through Mem0: for those who have one, or have outgrown one machine. */
import type { QdrantClient } from "@qdrant/js-client-rest";
import type { Memory as Mem0 } from "mem0ai/oss";
import { messageOf, OperationalError } from "../../base/index.ts";
import { extendOwnEnv } from "../../config/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { audiencesOf } from "../audience.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact, Reader } from "../types.ts";
import { missingIn, type VectorLayer } from "./vector-layer.ts";

/** The server did not answer, or not as a Qdrant server does. */
export class VectorStoreDown extends OperationalError {
  override readonly name = "VectorStoreDown";
}

export type QdrantSettings = {
  url: string;
  /** Empty for a server that asks for none. */
  apiKey: string;
  /** Whose facts: several agents share one collection. */
  agent: string;
  /** Where Mem0 may write what it insists on. */
  folder: string;
};

type Options = { db: Database; atomic: Atomic; embedder: Embedder; shelf: Shelf; settings: QdrantSettings };

/** A single call to the server; recall's own deadline is shorter. */
const CALL_MS = 5_000;
/** Facts that one deletion names. */
const BATCH = 64;
/** Where a Qdrant server listens unless it is told otherwise. */
const PORT = 6_333;
/** Every room at once: what the owner may read in private. */
const ROOMS = "room:*";

export function createQdrantVectors({ db, atomic, embedder, shelf, settings }: Options): VectorLayer {
  const { agent } = settings;
  const collection = `kaos-${embedder.name.replace(/[^\w.-]+/gu, "-")}`;
  // A row without a vector says that the server has it: the file stays the one place that knows what is missing.
  const marker = `qdrant ${settings.url} ${collection}`;
  const seqOf = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const mark = db.prepare<[number, string]>(
    "INSERT OR REPLACE INTO vectors (fact, embedder, vector) VALUES (?, ?, x'')",
  );
  const unmark = db.prepare<[number]>("DELETE FROM vectors WHERE fact = ?");
  const unmarkAll = db.prepare<[string]>("DELETE FROM vectors WHERE embedder = ?");
  const missing = missingIn(db, marker);
  const written = atomic.write((ids: readonly string[]) => {
    for (const id of ids) {
      const seq = seqOf.get(id);
      if (seq !== undefined) mark.run(seq, marker);
    }
  });

  let opened: Promise<{ client: QdrantClient; mem0: Mem0 }> | undefined;
  const server = async () => {
    opened ??= connect(settings, { collection, embedder });
    try {
      return await opened;
    } catch (cause) {
      // The next call tries again: the server may be back.
      opened = undefined;
      throw down(settings.url, cause);
    }
  };
  const asking = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call();
    } catch (cause) {
      throw cause instanceof OperationalError ? cause : down(settings.url, cause);
    }
  };
  const remove = async (client: QdrantClient, ids: readonly string[]) => {
    for (let i = 0; i < ids.length; i += BATCH) {
      const any = ids.slice(i, i + BATCH);
      const must = [
        { key: "agent_id", match: { value: agent } },
        { key: "fact", match: { any } },
      ];
      await client.delete(collection, { wait: true, filter: { must } });
    }
  };

  return {
    name: "vectors",
    async search(question, { reader, limit, signal }) {
      const { mem0 } = await server();
      signal.throwIfAborted();
      if (question.trim() === "") return [];
      const { results } = await asking(() =>
        // A fresh object, built here alone: a filter that came from elsewhere could reach beyond its scope.
        mem0.search(question, {
          topK: limit,
          threshold: 0,
          filters: { agent_id: agent, reads: { in: readsOf(reader) } },
        }),
      );
      const isFindable = shelf.findableBy(reader);
      const hits = results.flatMap(({ metadata, score }) => {
        const seq = seqOf.get(String(metadata?.["fact"]));
        // Who may read it is asked again of what stands in our own file.
        return seq !== undefined && isFindable(seq) ? [{ seq, score: score ?? 0 }] : [];
      });
      return hits.filter(({ score }) => score > 0).slice(0, limit);
    },
    async put(facts, { signal }) {
      if (facts.length === 0) return;
      const { client, mem0 } = await server();
      await asking(() =>
        remove(
          client,
          facts.map(({ id }) => id),
        ),
      );
      for (const fact of facts) {
        signal.throwIfAborted();
        if (fact.text.trim() !== "") await asking(() => mem0.add(fact.text, toMem0(fact, agent)));
        await written([fact.id]);
      }
    },
    async forget(ids, { signal }) {
      if (ids.length === 0) return;
      const { client } = await server();
      signal.throwIfAborted();
      await asking(() => remove(client, ids));
      await atomic.write(() => {
        for (const id of ids) {
          const seq = seqOf.get(id);
          if (seq !== undefined) unmark.run(seq);
        }
      })();
    },
    missing: atomic.read(missing),
    reload() {},
    async empty() {
      const { client } = await server();
      const must = [{ key: "agent_id", match: { value: agent } }];
      await asking(() => client.delete(collection, { wait: true, filter: { must } }));
      await atomic.write(() => void unmarkAll.run(marker))();
    },
  };
}

/** Imports both packages, looks whether the server is there, and only then lets Mem0 begin: it prints what it cannot reach. */
async function connect(
  { url, apiKey, folder }: QdrantSettings,
  { collection, embedder }: { collection: string; embedder: Embedder },
): Promise<{ client: QdrantClient; mem0: Mem0 }> {
  extendOwnEnv({ MEM0_TELEMETRY: "false", MEM0_DIR: folder });
  const { QdrantClient } = await import("@qdrant/js-client-rest");
  const client = new QdrantClient({
    url,
    port: portOf(url),
    ...(apiKey !== "" && { apiKey }),
    timeout: CALL_MS,
    checkCompatibility: false,
  });
  await client.getCollections();
  const { Memory } = await import("mem0ai/oss");
  const never = new AbortController().signal;
  const embed = async (texts: string[]) => (await embedder.embed(texts, { signal: never })).map((one) => [...one]);
  const mem0 = new Memory({
    embedder: {
      provider: "langchain",
      config: { model: { embedQuery: async (text: string) => (await embed([text]))[0], embedDocuments: embed } },
    },
    // Never asked, because nothing is inferred; Mem0 wants to have one.
    llm: { provider: "openai", config: { apiKey: "unused", baseURL: url } },
    vectorStore: {
      provider: "qdrant",
      config: { client, collectionName: collection, dimension: embedder.dimensions },
    },
    // Its history would keep what is forgotten.
    disableHistory: true,
  });
  await mem0.getAll({ filters: { agent_id: "nobody" }, topK: 1 });
  for (const field_name of ["agent_id", "fact", "reads"])
    await client.createPayloadIndex(collection, { wait: true, field_name, field_schema: "keyword" });
  return { client, mem0 };
}

/** The port that is written; without one that of Qdrant, as its own clients do. `URL` drops 80 and 443 where the scheme implies them. */
export function portOf(url: string): number {
  const written = /^[a-z]+:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/iu.exec(url)?.[1];
  return written === undefined ? PORT : Number(written);
}

function toMem0({ id, audience }: Fact, agent: string) {
  return {
    agentId: agent,
    infer: false,
    metadata: { fact: id, reads: audience.startsWith("room:") ? [audience, ROOMS] : [audience] },
  };
}

/** What a fact's `reads` must have one of. */
function readsOf(reader: Reader): string[] {
  const { named, rooms } = audiencesOf(reader);
  return [...named, ...(rooms ? [ROOMS] : [])];
}

function down(url: string, cause: unknown): VectorStoreDown {
  return new VectorStoreDown(
    `The vector store at ${url} did not answer: ${messageOf(cause)}. Check that Qdrant 1.15.2 or newer runs there, or go back with \`kaos memory move --to embedded\`.`,
    { cause },
  );
}
