/** What an agent remembers around its turns: recalled before the model is asked, kept with the answer that is handed over. */
import { type Clock, type Log, messageOf, OperationalError, stopWith } from "../base/index.ts";
import type { Source } from "../engine/index.ts";
import type { Held, Ledger, Message } from "../ledger/index.ts";
import type { Audience, Memory, Origin, Reader, RememberedTurn } from "../memory/index.ts";

/** What is brought back for one message, as lines for the model, and whose words they are. */
export type Recalled = {
  lines: readonly string[];
  /** What is supposed of whoever asks, and what was noticed. */
  about: readonly string[];
  sources: readonly Source[];
};

export const nothingRecalled: Recalled = { lines: [], about: [], sources: [] };

/** What to remember for, and what was said just before it. */
export type Asking = { question: string; topic: string | undefined };

/** What hands an answer over to the ledger, and under which lease. */
export type HandedBy = { kind: "claim" | "assignment"; id: number; fence: number };

export type Answered = { text: string; model: string };

export interface Remembering {
  /**
   * What this agent knows that the message may need, for whoever reads the answer in that room. Never fails: then it is
   * nothing. Nor is anything recalled for a stranger, or kept of one.
   */
  recall(asking: Asking, asked: Message, signal: AbortSignal): Promise<Recalled>;
  /**
   * Hands an answer over, and keeps the turn if it was taken. A process that dies between the two leaves a note, and
   * `settle` finds out. What a colleague or a page said is not part of the turn. Memory never stops an answer.
   */
  handOver(asked: Message, answer: Answered, by: HandedBy, commit: () => Promise<Held>): Promise<Held>;
  /** Keeps what a former life of this agent handed over and did not come to keep. To be called before anything is said. */
  settle(): Promise<void>;
  /** The memory of a conversation with one person alone. */
  chat(place: ChatPlace): ChatMemory;
  /** Draws facts from what was kept and brings every layer up to date, in the background, until the signal says stop. What the world refuses is tried again. */
  run(signal: AbortSignal): Promise<void>;
}

/** Where a conversation stands, with whom, and who may be told later what is said there. */
export type ChatPlace = {
  thread: string;
  person: { id: string; name: string; isOwner: boolean };
  audience: Audience;
};

export interface ChatMemory {
  /** As `recall` of a room, for this person alone. */
  recall(asking: Asking, signal: AbortSignal): Promise<Recalled>;
  /** Keeps a turn as part of the conversation: what the person said, in order, and the answer. Rejects when it cannot be kept. */
  keep(said: readonly string[], answer: Answered): Promise<void>;
}

type Deps = {
  agent: string;
  memory: Pick<Memory, "recall" | "remember" | "unsettled" | "facts" | "extraction" | "index" | "model">;
  /** What became of an answer that was being handed over. */
  ledger: { claims: Pick<Ledger["claims"], "get">; assignments: Pick<Ledger["assignments"], "get"> };
  clock: Clock;
  log: Log;
  /** Takes secrets out of what is kept. */
  validate(text: string): string;
};

/** With nothing kept meanwhile, it is looked at again after this: something may wait for another try. */
const IDLE_MS = 60_000;
/** Facts that are indexed at a time. */
const INDEX_MAX = 100;

export function createRemembering({ agent, memory, ledger, clock, log, validate }: Deps): Remembering {
  let bell = Promise.withResolvers<void>();

  async function recall({ question, topic }: Asking, reader: Reader, signal: AbortSignal): Promise<Recalled> {
    try {
      const { recollections, missing } = await memory.recall(question, { reader, topic, signal });
      for (const { layer, because } of missing) log.warn("memory layer missing", { layer, because });
      memory.facts.used(recollections.map(({ fact }) => fact.id));
      const supposed = await memory.model.linesFor(reader);
      const facts = [...recollections.map(({ fact }) => fact), ...supposed.flatMap(({ from }) => from)];
      return {
        lines: recollections.map(({ line }) => line),
        about: supposed.map(({ line }) => line),
        sources: facts.map(({ origin, source }) => ({ label: LABELS[origin], from: source.by })),
      };
    } catch (error) {
      if (signal.aborted || !(error instanceof OperationalError)) throw error;
      log.warn("nothing recalled", { because: messageOf(error) });
      return nothingRecalled;
    }
  }

  /** Does something with the memory; what the world refuses is told to the log, and the answer goes on its way. */
  async function tolerantly(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      log.error("turn not remembered", { because: messageOf(error) });
      return false;
    }
  }

  function turnOf({ room, messageId, sender, text }: Message, { text: answer, model }: Answered): RememberedTurn {
    return {
      thread: room,
      message: messageId,
      person: { id: sender.id, name: sender.name, isOwner: sender.kind === "owner" },
      audience: `room:${room}`,
      text: validate(text),
      answer: { by: agent, text: validate(answer), model },
    };
  }

  let failing = false;
  /** The world may come back: what it refuses ends nobody, and is told once for as long as it lasts. */
  async function drawOrIdle(signal: AbortSignal): Promise<"more" | "idle"> {
    try {
      const done = await drawOne(signal);
      if (failing && done === "idle") log.info("memory is up to date again");
      if (done === "idle") failing = false;
      return done;
    } catch (error) {
      if (signal.aborted) return "idle";
      if (!(error instanceof OperationalError)) throw error;
      if (!failing) log.warn("memory left behind", { because: messageOf(error) });
      failing = true;
      return "idle";
    }
  }

  async function drawOne(signal: AbortSignal): Promise<"more" | "idle"> {
    const drawn = await memory.extraction.next({ signal });
    if (drawn.kind === "failed") log.warn("no facts drawn", { because: drawn.because });
    if (drawn.kind !== "idle") return "more";
    return (await memory.index(INDEX_MAX, signal)) > 0 ? "more" : "idle";
  }

  return {
    async recall(asking, { sender, room }, signal) {
      if (sender.kind === "stranger") return nothingRecalled;
      return recall(asking, { person: sender.id, isOwner: sender.kind === "owner", room }, signal);
    },
    async handOver(asked, answer, { kind, id, fence }, commit) {
      const key = `${kind} ${id}`;
      if (asked.sender.kind === "stranger") return commit();
      const isNoted = await tolerantly(() => memory.unsettled.note(key, fence, turnOf(asked, answer)));
      const held = await commit();
      if (isNoted) await tolerantly(() => (held.held ? memory.unsettled.keep(key) : memory.unsettled.drop(key)));
      bell.resolve();
      return held;
    },
    async settle() {
      for (const { key, fence } of await memory.unsettled.all()) {
        if (await wasHandedOver(key, fence, ledger)) await memory.unsettled.keep(key);
        else await memory.unsettled.drop(key);
      }
    },
    chat: ({ thread, person, audience }) => ({
      recall: (asking, signal) => recall(asking, { person: person.id, isOwner: person.isOwner, room: null }, signal),
      async keep([text = "", ...more], answer) {
        await memory.remember({
          ...{ thread, person, audience, message: null },
          text: validate(text),
          more: more.map(validate),
          answer: { by: agent, text: validate(answer.text), model: answer.model },
        });
        bell.resolve();
      },
    }),
    async run(signal) {
      while (!signal.aborted) {
        // Hung up before looking, so that what is kept meanwhile rings.
        bell = Promise.withResolvers();
        while (!signal.aborted && (await drawOrIdle(signal)) === "more");
        const waiting = new AbortController();
        const leave = stopWith(waiting, signal);
        const idle = clock.sleep(IDLE_MS, waiting.signal).catch(() => {});
        await Promise.race([bell.promise, idle]);
        leave();
        waiting.abort();
      }
    },
  };
}

/** Whether the ledger took the answer under exactly this lease: another one would have brought another answer. */
async function wasHandedOver(key: string, fence: number, { claims, assignments }: Deps["ledger"]): Promise<boolean> {
  const [kind, id] = key.split(" ");
  const row = await (kind === "claim" ? claims.get(Number(id)) : assignments.get(Number(id)));
  return row !== undefined && row.fence === fence && ["delivering", "sent", "done"].includes(row.state);
}

/** Whose words a fact stands on, as the gate sees it. */
const LABELS = { owner: "owner", person: "allowed", agent: "peer", outside: "outside" } as const satisfies Record<
  Origin,
  Source["label"]
>;
