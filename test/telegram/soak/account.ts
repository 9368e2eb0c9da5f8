/** One account of the soak, in a process of its own: hears the group, answers what it is told to, and says how much memory it needs. */
import { createHash } from "node:crypto";
import { type Clock, silentLog, stableId, systemClock } from "../../../shared/base/index.ts";
import { createTelegram, type Outgoing, type TelegramSettings } from "../../../shared/transport/index.ts";

export type Setup = {
  agent: string;
  members: readonly { agent: string; account: string }[];
  settings: TelegramSettings;
  paths: { session: string; account: string; position: string; standing: string };
  /** So many times faster pass the pauses of the account. */
  faster: number;
  answers: boolean;
};

export type Report =
  | { kind: "up" }
  | { kind: "said"; messageId: string; text: string }
  | { kind: "memory"; heapBytes: number; rssBytes: number };

const tell = (report: Report) => void process.send?.(report);
const stopping = new AbortController();
process.once("disconnect", () => process.exit(0));
process.once("message", (setup: Setup) => void live(setup));

async function live({ agent, members, settings, paths, faster, answers }: Setup): Promise<void> {
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.ceil(ms / faster), signal) };
  const waits = new Map<string, { account: string; what: string; until: number; because: string; waits: number }>();
  /** What is heard again is not answered again; a fingerprint a message, so that it costs next to nothing. */
  const answered = new Set<string>();
  const transport = createTelegram({
    agent,
    members,
    settings,
    paths,
    floods: {
      note: async (wait) => void waits.set(wait.what, { ...wait, waits: 0 }),
      of: async () => [...waits.values()],
    },
    privately: async () => {},
    perceive: async () => ({ because: "it is not tested here" }),
    clock,
    // A first start hears from then on: nothing may be said before.
    log: { ...silentLog, info: (event) => void (event === "telegram account live" && tell({ kind: "up" })) },
  });
  await transport.start({
    async said({ room, messageId, text, sender }) {
      if (sender.kind !== "owner") return;
      tell({ kind: "said", messageId, text });
      const mark = createHash("sha256").update(messageId).digest("base64").slice(0, 8);
      if (!answers || answered.has(mark)) return;
      answered.add(mark);
      const randomId = stableId("soak", agent, messageId);
      void send({ id: 1, room, topic: null, replyTo: messageId, text: `re ${text}`, randomId });
    },
    edited: async () => {},
    deleted: async () => {},
    reacted: async () => {},
  });
  process.on("message", (message) => {
    if (message !== "memory") return;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    tell({ kind: "memory", heapBytes: heapUsed, rssBytes: rss });
  });

  /** As the outbox does it: until it is sent, or never can be. */
  async function send(letter: Outgoing): Promise<void> {
    while (true) {
      const delivery = await transport.send(letter);
      if (delivery.kind !== "later") return;
      // Waits that Telegram asked for are real ones.
      await systemClock.sleep(Math.min(1_000, delivery.afterMs), stopping.signal);
    }
  }
}
