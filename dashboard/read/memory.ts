/** What an agent's memory shows to a person: opened to read only, beside the agent that writes it, and closed again. */
import { existsSync } from "node:fs";
import { type Clock, OperationalError, oneLine } from "../../shared/base/index.ts";
import { createShared, type Memory, openMemory, type Recall, type SharedFacts } from "../../shared/memory/index.ts";
import type { Settings } from "../view.ts";

type At = { settings: Settings; clock: Clock; sharedFacts: SharedFacts };

type Read<Result> = { read: true; result: Result } | { read: false; because: string };

/** Does something with the memory of an agent; a sentence when it has none, or it cannot be read. */
export async function withMemory<Result>(
  agent: string,
  { settings, clock, sharedFacts }: At,
  work: (memory: Memory) => Promise<Result>,
): Promise<Read<Result>> {
  const path = settings.files.agent(agent).database;
  if (!existsSync(path))
    return {
      read: false,
      because: `${agent} remembers nothing yet. What people say to it in the Room becomes facts after it has answered; kaos import-from brings what another system knew.`,
    };
  try {
    const memory = await openMemory({ path, clock, readonly: true, shared: createShared(sharedFacts, { agent }) });
    try {
      return { read: true, result: await work(memory) };
    } finally {
      memory.close();
    }
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return { read: false, because: error.message };
  }
}

/** Where vectors stand elsewhere than in the agent's own file. */
const ELSEWHERE = ["EMBEDDINGS_BASE_URL", "QDRANT_URL"];

/**
 * What the owner would be told for a question. With an embedder or a vector store of one's own, the command line asks: it
 * reaches them as the agent does, and pays for it.
 */
export async function searchMemory(
  agent: string,
  { settings, memory, question, limit }: { settings: Settings; memory: Memory; question: string; limit: number },
): Promise<Read<Recall>> {
  const isElsewhere = settings.configuration.variables.some(
    ({ name, value }) => ELSEWHERE.includes(name) && value !== "",
  );
  if (!isElsewhere) {
    const reader = { person: "", isOwner: true, room: null };
    const options = { reader, limit, tokensMax: Number.POSITIVE_INFINITY };
    return { read: true, result: await memory.recall(question, options) };
  }
  const ran = await settings.kaos([
    "memory",
    "search",
    `--agent=${agent}`,
    `--lines=${limit}`,
    "--json",
    "--",
    question,
  ]);
  if (ran.code !== 0) return { read: false, because: oneLine(ran.stderr) || "The search did not answer." };
  return { read: true, result: JSON.parse(ran.stdout) as Recall };
}
