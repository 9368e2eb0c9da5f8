/** A chat service that the simulator owns: a few groups, an account per agent, and everything a network does to them. */
import { OperationalError, type Random } from "../base/index.ts";
import type { Delivery, HeardSender, Hearing, Outgoing, Place, Transport } from "../transport/index.ts";
import type { VirtualClock } from "./clock.ts";

/** A message as everybody in its group sees it. */
export type Visible = Place & {
  messageId: string;
  sender: HeardSender;
  /** Every wording it had, the newest last. */
  texts: readonly string[];
  deleted: boolean;
  replyTo: string | null;
  at: number;
  randomId: string | null;
};

export interface Chat {
  /** Everything that was ever visible, in order. */
  readonly visible: readonly Visible[];
  find(messageId: string): Visible | undefined;
  /** Somebody says something and gets the id of the message. */
  say(message: Place & { sender: HeardSender; text: string; replyTo?: string | undefined }): string;
  /** The first answer of an agent to this message. */
  answerTo(messageId: string): string | undefined;
  /** A person changes what it said, or takes it back. */
  edit(messageId: string, text: string): void;
  remove(messageId: string): void;
  /** Updates that are on their way to an account that is there. */
  readonly underWay: number;
  /** The transport of one account for one life of its process. */
  account(name: string, online: () => boolean): Transport;
}

export type ChatFaults = {
  /** Chance that an update comes twice. */
  duplicate: number;
  /** Chance that a send takes effect but its answer is lost. */
  lostAnswer: number;
  /** Chance that the service asks an account to wait. */
  flood: number;
  /** Chance that it refuses for a moment. */
  refuse: number;
  /** Longest delay of an update, ms; different for each, so that updates overtake each other. */
  delayMs: number;
};

export const noChatFaults: ChatFaults = { duplicate: 0, lostAnswer: 0, flood: 0, refuse: 0, delayMs: 50 };

/** What the service tells every account, in the order in which it happened. */
type Update = { index: number } & (
  | { kind: "said"; text: string }
  | { kind: "edited"; text: string }
  | { kind: "deleted" }
);
type Listener = { hearing: Hearing; online(): boolean };

const HEAR_AGAIN_MS = 1_000;

type Deps = { clock: VirtualClock; random: Random; faults: ChatFaults };

export function createChat({ clock, random, faults }: Deps): Chat {
  const visible: Visible[] = [];
  const updates: Update[] = [];
  const byRandomId = new Map<string, string>();
  const answers = new Map<string, string>();
  const listeners = new Map<string, Listener>();
  /** Up to here an account has fetched what happened; what comes later is told to it while it is there. */
  const fetched = new Map<string, number>();
  let underWay = 0;

  /** Where in `visible` a message is. What people say has the same id however much the agents say in between. */
  const places = new Map<string, number>();
  let agentsSaid = 0;

  function find(messageId: string): Visible | undefined {
    return visible[places.get(messageId) ?? -1];
  }

  function publish(message: Omit<Visible, "messageId" | "at" | "deleted" | "texts"> & { text: string }): string {
    const { text, ...rest } = message;
    const byAgent = rest.sender.kind === "agent";
    if (byAgent) agentsSaid++;
    const messageId = byAgent ? `a${agentsSaid}` : `p${visible.length + 1 - agentsSaid}`;
    places.set(messageId, visible.length);
    visible.push({ ...rest, messageId, texts: [text], deleted: false, at: clock.now() });
    if (byAgent && rest.replyTo !== null && !answers.has(rest.replyTo)) answers.set(rest.replyTo, messageId);
    happen({ kind: "said", index: visible.length - 1, text });
    return messageId;
  }

  function happen(update: Update): void {
    updates.push(update);
    for (const name of listeners.keys()) void bring(name, update);
  }

  /** Brings one update to one account, late, perhaps twice. An account that is away fetches it when it comes back. */
  async function bring(name: string, update: Update): Promise<void> {
    const copies = random() < faults.duplicate ? 2 : 1;
    underWay++;
    for (let copy = 0; copy < copies; copy++) {
      await clock.sleep(random() * faults.delayMs);
      const listener = listeners.get(name);
      // Not waited for: a process that dies while it hears would be waited for in vain.
      if (listener?.online()) void hear(listener.hearing, update);
    }
    underWay--;
  }

  async function hear(hearing: Hearing, update: Update): Promise<void> {
    const message = visible[update.index];
    if (message === undefined) return;
    const { room, topic, messageId, sender, replyTo, at } = message;
    try {
      if (update.kind === "deleted") await hearing.deleted({ room, messageId });
      // A service no longer tells what is gone.
      else if (message.deleted) return;
      else if (update.kind === "edited") await hearing.edited({ room, messageId, text: update.text });
      else await hearing.said({ room, messageId, topic, sender, text: update.text, replyTo, saidAt: at });
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      // A ledger that is busy or full: a transport keeps what it heard until it is recorded.
      await clock.sleep(HEAR_AGAIN_MS);
      await hear(hearing, update);
    }
  }

  async function send(name: string, outgoing: Outgoing): Promise<Delivery> {
    const { room, topic, text, replyTo, randomId } = outgoing;
    await clock.sleep(20 + random() * 200);
    if (random() < faults.flood)
      return { kind: "later", afterMs: 1_000 + random() * 20_000, because: "FLOOD_WAIT", asked: true };
    if (random() < faults.refuse)
      return { kind: "later", afterMs: 500 + random() * 2_000, because: "the connection was lost" };
    // As Telegram does: the same random id is the same message.
    const messageId =
      byRandomId.get(randomId) ??
      publish({ room, topic, sender: { kind: "agent", id: name, name }, text, replyTo, randomId });
    byRandomId.set(randomId, messageId);
    if (random() < faults.lostAnswer) return { kind: "later", afterMs: 500, because: "the answer was lost" };
    await clock.sleep(20 + random() * 200);
    return { kind: "sent", messageId };
  }

  function change(messageId: string, changed: (message: Visible) => Partial<Visible>): number | undefined {
    const index = places.get(messageId) ?? -1;
    const message = visible[index];
    if (message === undefined || message.deleted) return undefined;
    visible[index] = { ...message, ...changed(message) };
    return index;
  }

  return {
    visible,
    find,
    answerTo: (messageId) => answers.get(messageId),
    get underWay() {
      return underWay;
    },
    say: ({ replyTo, ...message }) => publish({ ...message, replyTo: replyTo ?? null, randomId: null }),
    edit(messageId, text) {
      const index = change(messageId, ({ texts }) => ({ texts: [...texts, text] }));
      if (index !== undefined) happen({ kind: "edited", index, text });
    },
    remove(messageId) {
      const index = change(messageId, () => ({ deleted: true }));
      if (index !== undefined) happen({ kind: "deleted", index });
    },
    account: (name, online) => ({
      name: "sim",
      capabilities: { textMax: 4_096, catchUpMaxAgeMs: 10 * 60_000, typing: false, reactions: false },
      async start(hearing) {
        listeners.set(name, { hearing, online });
        const away = updates.slice(fetched.get(name) ?? 0);
        fetched.set(name, updates.length);
        for (const update of away) void hear(hearing, update);
      },
      send: (outgoing) => send(name, outgoing),
      typing: async () => {},
      react: async () => ({ kind: "never", because: "nobody reacts in the simulation" }),
      close: async () => {},
    }),
  };
}
