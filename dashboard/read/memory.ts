/** What an agent's memory shows to a person: opened to read only, beside the agent that writes it, and closed again. */
import { existsSync } from "node:fs";
import { type Clock, OperationalError } from "../../shared/base/index.ts";
import { createShared, type Memory, openMemory, type SharedFacts } from "../../shared/memory/index.ts";
import type { Settings } from "../view.ts";

type At = { settings: Settings; clock: Clock; sharedFacts: SharedFacts };

/** Does something with the memory of an agent; a sentence when it has none, or it cannot be read. */
export async function withMemory<Result>(
  agent: string,
  { settings, clock, sharedFacts }: At,
  work: (memory: Memory) => Promise<Result>,
): Promise<{ read: true; result: Result } | { read: false; because: string }> {
  const path = settings.files.agent(agent).database;
  if (!existsSync(path)) return { read: false, because: `${agent} remembers nothing yet.` };
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
