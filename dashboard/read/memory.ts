/** What an agent's memory shows to a person: open to read only, beside the agent that writes it, for as long as somebody looks. */
import { statSync } from "node:fs";
import { type Clock, OperationalError, oneLine } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import { createShared, type Memory, openMemory, type Recall, type SharedFacts } from "../../shared/memory/index.ts";
import type { RunKaos } from "../kaos.ts";
import type { Configuration } from "./configuration.ts";

type Deps = { settings: { files: Home }; clock: Clock; sharedFacts: SharedFacts };

type Read<Result> = { read: true; result: Result } | { read: false; because: string };

/** The memories that people look at. */
export interface Memories {
  /** Does something with the memory of an agent; a sentence when it has none, or it cannot be read. */
  with<Result>(agent: string, work: (memory: Memory) => Promise<Result>): Promise<Read<Result>>;
  /** Closes each as soon as nobody uses it; one that is asked for afterwards is closed after its use. */
  close(): void;
}

/** A memory that nobody has looked at for so long is closed: the next look has to load it again. */
const IDLE_CLOSE_MS = 5 * 60_000;
/** Memories that stay open: a search in 100,000 facts needs some 150 MB of each. */
const OPEN_MAX = 2;

type Opened = {
  memory: Promise<Memory>;
  /** Which file it is: another one may have come to its place. */
  file: string;
  users: number;
  /** Told to stop as soon as somebody looks again. */
  idle: AbortController;
};

/**
 * Keeps what was opened open, because a memory notices by itself what its agent writes meanwhile: opening is what takes long.
 * What was looked at longest ago is closed when there are more than OPEN_MAX.
 */
export function createMemories(
  { settings, clock, sharedFacts }: Deps,
  { idleCloseMs = IDLE_CLOSE_MS }: { idleCloseMs?: number } = {},
): Memories {
  // In the order in which they were last asked for.
  const open = new Map<string, Opened>();
  let isClosed = false;

  const enter = (agent: string, path: string, file: string): Opened => {
    const known = open.get(agent);
    open.delete(agent);
    const current = known?.file === file ? known : undefined;
    if (known !== undefined && current === undefined) leaveBehind(known);
    const opened = current ?? {
      memory: openMemory({ path, clock, readonly: true, shared: createShared(sharedFacts, { agent }) }),
      file,
      users: 0,
      idle: new AbortController(),
    };
    opened.idle.abort();
    opened.users++;
    open.set(agent, opened);
    return opened;
  };
  const leave = (agent: string, opened: Opened) => {
    opened.users--;
    if (opened.users > 0) return;
    if (isClosed || open.get(agent) !== opened) return leaveBehind(opened);
    for (const [name, one] of open) {
      if (open.size <= OPEN_MAX) break;
      if (one.users === 0) drop(name, one);
    }
    if (open.get(agent) !== opened) return;
    opened.idle = new AbortController();
    void clock.sleep(idleCloseMs, opened.idle.signal).then(
      () => drop(agent, opened),
      () => {},
    );
  };
  const drop = (agent: string, opened: Opened) => {
    if (open.get(agent) === opened) open.delete(agent);
    leaveBehind(opened);
  };

  return {
    async with(agent, work) {
      const path = settings.files.agent(agent).database;
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined)
        return {
          read: false,
          because: `${agent} remembers nothing yet. What people say to it in the Room becomes facts after it has answered; kaos import-from brings what another system knew.`,
        };
      const opened = enter(agent, path, `${stat.dev} ${stat.ino}`);
      try {
        return { read: true, result: await work(await opened.memory) };
      } catch (error) {
        // The next look begins anew, whatever was wrong with this one.
        if (open.get(agent) === opened) open.delete(agent);
        if (!(error instanceof OperationalError)) throw error;
        return { read: false, because: error.message };
      } finally {
        leave(agent, opened);
      }
    },
    close() {
      isClosed = true;
      for (const [agent, opened] of [...open]) drop(agent, opened);
    },
  };
}

/** Closes it once its last user has left. */
function leaveBehind({ memory, users, idle }: Opened): void {
  idle.abort();
  if (users > 0) return;
  // One that could not be opened has nothing to close, and its user was told.
  void memory.then(
    (opened) => opened.close(),
    () => {},
  );
}

/** Where vectors stand elsewhere than in the agent's own file. */
const ELSEWHERE = ["EMBEDDINGS_BASE_URL", "QDRANT_URL"];

/**
 * What the owner would be told for a question. With an embedder or a vector store of one's own, the command line asks: it
 * reaches them as the agent does, and pays for it.
 */
export async function searchMemory(
  agent: string,
  {
    settings,
    memory,
    question,
    limit,
  }: {
    settings: { configuration: Configuration; kaos: RunKaos };
    memory: Memory;
    question: string;
    limit: number;
  },
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
