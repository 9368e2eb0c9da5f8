/** What the feed tells of one root, as replay needs it: every decision with the standing behind it, and what became of each claim. */
import type { Ledger, LedgerEvent, Message, OutcomeKind, Tier } from "../ledger/index.ts";
import type { Standing } from "../routing/index.ts";

/** What one agent did about one message. */
export type Recorded = {
  agent: string;
  message: number;
  /** When it decided. */
  at: number;
  /** Which event told it: the order of what happened in the same millisecond. */
  order: number;
  /** What its decision depended on; undefined in a ledger that did not keep it yet. */
  standing: Standing | undefined;
  bid: { tier: Tier; eta: number; because: string } | undefined;
  /** Its last holding that came to an end of its own: by a reply, a pass or a failure. */
  turn: { heldAt: number; endedAt: number } | undefined;
  outcome: { outcome: OutcomeKind; because: string; at: number } | undefined;
};

export type Thread = {
  /** The root and everything that goes back to it, oldest first. */
  messages: readonly Message[];
  /** In the order of the decisions. */
  records: readonly Recorded[];
};

/** Reads the thread that a message belongs to; undefined when the ledger has no such message. */
export async function readThread(ledger: Ledger, seq: number): Promise<Thread | undefined> {
  const message = await ledger.messages.get(seq);
  if (message === undefined) return undefined;
  const messages = await ledger.messages.thread(message.root);
  const events = await Promise.all(messages.map((said) => ledger.events.ofMessage(said.seq)));
  return { messages, records: recordsOf(events.flat()) };
}

function recordsOf(events: readonly LedgerEvent[]): Recorded[] {
  const records = new Map<string, Recorded>();
  const held = new Map<Recorded, number>();
  for (const event of events) {
    if (event.agent === null || event.message === null) continue;
    const key = `${event.message} ${event.agent}`;
    const record = records.get(key) ?? decisionIn(event, event.message, event.agent);
    if (record === undefined) continue;
    records.set(key, record);
    continueWith(record, event, held);
  }
  return [...records.values()].toSorted((one, other) => one.order - other.order);
}

/** The first thing that is told of an agent and a message, once it has decided: its claim, or its outcome without one. */
function decisionIn({ kind, at, id, detail }: LedgerEvent, message: number, agent: string): Recorded | undefined {
  if (kind !== "claim placed" && kind !== "outcome") return undefined;
  const standing = detail["standing"] as Standing | undefined;
  const bid =
    kind === "claim placed"
      ? { tier: detail["tier"] as Tier, eta: Number(detail["eta"]), because: String(detail["because"]) }
      : undefined;
  return { agent, message, at, order: id, standing, bid, turn: undefined, outcome: undefined };
}

function continueWith(record: Recorded, { kind, at, detail }: LedgerEvent, held: Map<Recorded, number>): void {
  switch (kind) {
    case "claim held":
      held.set(record, at);
      break;
    case "reply committed":
    case "claim passed":
    case "claim failed": {
      const heldAt = held.get(record);
      if (heldAt !== undefined) record.turn = { heldAt, endedAt: at };
      held.delete(record);
      break;
    }
    case "outcome":
      record.outcome ??= { outcome: detail["outcome"] as OutcomeKind, because: String(detail["because"]), at };
      break;
  }
}
