/** What an agent remembers around its turns: recalled before the model is asked, kept after the answer is handed over. */
import { type Clock, type Log, messageOf, OperationalError } from "../base/index.ts";
import type { Source } from "../engine/index.ts";
import type { Message } from "../ledger/index.ts";
import type { Memory, Origin } from "../memory/index.ts";

/** What is brought back for one message: lines for the model, and whose words they are. */
export type Recalled = { lines: readonly string[]; sources: readonly Source[] };

export interface Remembering {
  /**
   * What this agent knows that the message may need, for whoever reads the answer in that room. Never fails: then it is
   * nothing. Nor is anything recalled for a stranger, or kept of one.
   */
  recall(question: string, asked: Message, signal: AbortSignal): Promise<Recalled>;
  /** Keeps a turn that was answered. What a colleague or a page said is not part of it. */
  keep(asked: Message, answer: { by: string; text: string; model: string }): Promise<void>;
  /** Draws facts from what was kept, in the background, until the signal says stop. */
  run(signal: AbortSignal): Promise<void>;
}

type Deps = {
  memory: Pick<Memory, "recall" | "remember" | "facts" | "extraction" | "index">;
  clock: Clock;
  log: Log;
  /** Takes secrets out of what is kept. */
  validate(text: string): string;
};

/** With nothing kept meanwhile, the queue is looked at again after this: something may wait for another try. */
const IDLE_MS = 60_000;
/** Facts that are indexed at a time. */
const INDEX_MAX = 100;

export function createRemembering({ memory, clock, log, validate }: Deps): Remembering {
  let bell = Promise.withResolvers<void>();

  async function drawOne(signal: AbortSignal): Promise<"more" | "idle"> {
    const drawn = await memory.extraction.next({ signal });
    if (drawn.kind === "failed") log.warn("no facts drawn", { because: drawn.because });
    if (drawn.kind !== "idle") return "more";
    return (await memory.index(INDEX_MAX, signal)) > 0 ? "more" : "idle";
  }

  return {
    async recall(question, { sender, room }, signal) {
      if (sender.kind === "stranger") return { lines: [], sources: [] };
      const reader = { person: sender.id, isOwner: sender.kind === "owner", room };
      try {
        const { recollections, missing } = await memory.recall(question, { reader, signal });
        for (const { layer, because } of missing) log.warn("memory layer missing", { layer, because });
        memory.facts.used(recollections.map(({ fact }) => fact.id));
        const sources = recollections.map(({ fact }) => ({ label: LABELS[fact.origin], from: fact.source.by }));
        return { lines: recollections.map(({ line }) => line), sources };
      } catch (error) {
        if (signal.aborted || !(error instanceof OperationalError)) throw error;
        log.warn("nothing recalled", { because: messageOf(error) });
        return { lines: [], sources: [] };
      }
    },
    async keep({ room, messageId, sender, text }, answer) {
      if (sender.kind === "stranger") return;
      try {
        await memory.remember({
          thread: room,
          message: messageId,
          person: { id: sender.id, name: sender.name, isOwner: sender.kind === "owner" },
          audience: `room:${room}`,
          text: validate(text),
          answer,
        });
        bell.resolve();
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        log.error("turn not remembered", { because: messageOf(error) });
      }
    },
    async run(signal) {
      while (!signal.aborted) {
        // Hung up before looking, so that what is kept meanwhile rings.
        bell = Promise.withResolvers();
        while (!signal.aborted && (await drawOne(signal).catch(ignoreStop(signal))) === "more");
        const waiting = new AbortController();
        const idle = clock.sleep(IDLE_MS, AbortSignal.any([signal, waiting.signal])).catch(() => {});
        await Promise.race([bell.promise, idle]);
        waiting.abort();
      }
    },
  };
}

/** Being told to stop is no failure. */
const ignoreStop = (signal: AbortSignal) => (error: unknown) => {
  if (signal.aborted) return "idle" as const;
  throw error;
};

/** Whose words a fact stands on, as the gate sees it. */
const LABELS = { owner: "owner", person: "allowed", agent: "peer", outside: "outside" } as const satisfies Record<
  Origin,
  Source["label"]
>;
