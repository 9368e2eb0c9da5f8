/** A chat service that the simulator owns: one group, an account per agent, and everything a network does to them. */
import { OperationalError, type Random } from "../base/index.ts";
import type { Delivery, Heard, Outgoing, Transport } from "../transport/index.ts";
import type { VirtualClock } from "./clock.ts";

export const GROUP = "sim:group";

/** A message as everybody in the group sees it. */
export type Visible = {
  messageId: string;
  sender: Heard["sender"];
  text: string;
  changed: "edited" | "deleted" | undefined;
  replyTo: string | null;
  at: number;
  randomId: string | null;
};

export interface Chat {
  /** Everything that was ever visible, in order. */
  readonly visible: readonly Visible[];
  /** A person says something. */
  say(text: string, replyTo?: string): string;
  /** A person changes what it said, or takes it back. What has been heard already is told to nobody: that is the world's part. */
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

const HEAR_AGAIN_MS = 1_000;

type Deps = { clock: VirtualClock; random: Random; faults: ChatFaults };

export function createChat({ clock, random, faults }: Deps): Chat {
  const visible: Visible[] = [];
  const byRandomId = new Map<string, string>();
  const listeners = new Map<string, { hear(heard: Heard): Promise<void>; online(): boolean; from: number }>();
  let lastId = 0;
  let underWay = 0;

  function publish(message: Omit<Visible, "messageId" | "at" | "changed">): string {
    const messageId = String(++lastId);
    visible.push({ ...message, messageId, changed: undefined, at: clock.now() });
    for (const name of listeners.keys()) void update(name, visible.length - 1);
    return messageId;
  }

  /** Brings one update to one account, late, perhaps twice. An account that is away fetches it when it comes back. */
  async function update(name: string, index: number): Promise<void> {
    const copies = random() < faults.duplicate ? 2 : 1;
    underWay++;
    for (let copy = 0; copy < copies; copy++) {
      await clock.sleep(random() * faults.delayMs);
      const listener = listeners.get(name);
      // Not waited for: a process that dies while it hears would be waited for in vain.
      if (listener?.online()) void hear(listener, index);
    }
    underWay--;
  }

  async function hear(listener: { hear(heard: Heard): Promise<void> }, index: number): Promise<void> {
    const message = visible[index];
    if (message === undefined || message.changed === "deleted") return;
    const { messageId, sender, text, replyTo, at } = message;
    try {
      await listener.hear({ room: GROUP, messageId, topic: null, sender, text, replyTo, saidAt: at });
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      // A ledger that is busy or full: a transport keeps what it heard until it is recorded.
      await clock.sleep(HEAR_AGAIN_MS);
      await hear(listener, index);
    }
  }

  async function send(name: string, outgoing: Outgoing): Promise<Delivery> {
    await clock.sleep(20 + random() * 200);
    if (random() < faults.flood) return { kind: "later", afterMs: 1_000 + random() * 20_000, because: "FLOOD_WAIT" };
    if (random() < faults.refuse)
      return { kind: "later", afterMs: 500 + random() * 2_000, because: "the connection was lost" };
    // As Telegram does: the same random id is the same message.
    const known = byRandomId.get(outgoing.randomId);
    const messageId =
      known ??
      publish({
        sender: { kind: "agent", id: name, name },
        text: outgoing.text,
        replyTo: outgoing.replyTo,
        randomId: outgoing.randomId,
      });
    byRandomId.set(outgoing.randomId, messageId);
    if (random() < faults.lostAnswer) return { kind: "later", afterMs: 500, because: "the answer was lost" };
    await clock.sleep(20 + random() * 200);
    return { kind: "sent", messageId };
  }

  function change(id: string, to: Partial<Visible>): void {
    const index = visible.findIndex(({ messageId }) => messageId === id);
    const message = visible[index];
    if (message !== undefined) visible[index] = { ...message, ...to };
  }

  return {
    visible,
    get underWay() {
      return underWay;
    },
    edit: (id, text) => change(id, { text, changed: "edited" }),
    remove: (id) => change(id, { changed: "deleted" }),
    say: (text, replyTo) =>
      publish({ sender: { kind: "owner", id: "1", name: "you" }, text, replyTo: replyTo ?? null, randomId: null }),
    account: (name, online) => ({
      name: "sim",
      capabilities: { textMax: 4_096, catchUpMaxAgeMs: 10 * 60_000 },
      async start(heard) {
        const from = listeners.get(name)?.from ?? 0;
        const listener = { hear: heard, online, from };
        listeners.set(name, listener);
        // Catch-up: what was said while this account was away.
        for (let index = from; index < visible.length; index++) void hear(listener, index);
        listener.from = visible.length;
      },
      send: (outgoing) => send(name, outgoing),
      close: async () => {},
    }),
  };
}
