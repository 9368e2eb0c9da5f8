/** Discord as a transport: one bot of one agent, in one channel and its threads. */
import { type Clock, type Log, messageOf, oneLine, stopWith } from "../../base/index.ts";
import type { Delivery, Hearing, Outgoing, Transport } from "../contract.ts";
import { createSilence } from "../silence.ts";
import { type DiscordClient, DiscordRefusal, openDiscord, type Post } from "./client.ts";
import { createListening, type Listening } from "./listening.ts";

export type DiscordDeps = {
  agent: string;
  token: string;
  /** The number of the channel. */
  channel: string;
  /** Tokens of all agents' bots by agent: a token begins with the number of its account. */
  bots: Readonly<Record<string, string>>;
  owners: readonly string[];
  allowed: readonly string[];
  catchUpMaxAgeMs: number;
  /** The newest message of the room that is known; undefined at first: then it hears from now on. */
  lastHeard(room: string): Promise<string | undefined>;
  /** Where the REST API is; Discord's own when left out. */
  api?: string;
  clock: Clock;
  log: Log;
};

const TEXT_MAX = 2_000;
const AGAIN_MS = 3_000;
const SILENCE_MAX_MS = 60_000;
const BACK_OFF_MS = 5_000;
const BACK_OFF_MAX_MS = 300_000;
const START_MAX_MS = 8_000;
/** Discord shows typing for ten seconds. */
const TYPING_EVERY_MS = 8_000;

/** Loads the library only when it starts. */
export function createDiscord(deps: DiscordDeps): Transport {
  const { agent, channel, clock, log } = deps;
  const room = `discord:${channel}`;
  const closing = new AbortController();
  const silence = createSilence(clock, { firstMs: AGAIN_MS, maxMs: SILENCE_MAX_MS });
  let client: DiscordClient | undefined;
  let trouble = "the Discord bot has not started";
  let life: Promise<void> = Promise.resolve();
  let listening: Listening | undefined;

  async function live({ listener }: Listening, onLive: () => void): Promise<void> {
    const { signal } = closing;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        client = await openDiscord({ ...deps, api: deps.api, listener, signal });
        log.info("discord bot live", { account: client.self, channel });
        listener.back();
        return onLive();
      } catch (error) {
        trouble = messageOf(error);
        log.warn("discord not connected", { because: trouble, failures });
        if (failures === 0) onLive();
        await clock.sleep(Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures), signal).catch(() => {});
      }
    }
  }

  function listenTo(hearing: Hearing): Listening {
    const { signal } = closing;
    const heard = createListening({ ...deps, room, hearing, client: () => client, signal });
    const back = () => {
      silence.ends();
      heard.listener.back();
    };
    return { ...heard, listener: { ...heard.listener, back } };
  }

  async function reach(act: (by: DiscordClient) => Promise<string>): Promise<Delivery> {
    if (client === undefined) return { kind: "later", afterMs: AGAIN_MS, because: trouble, asked: true };
    if (silence.restMs() > 0)
      return { kind: "later", afterMs: silence.restMs(), because: "Discord did not answer", asked: true };
    try {
      const messageId = await act(client);
      silence.ends();
      return { kind: "sent", messageId };
    } catch (error) {
      if (!(error instanceof DiscordRefusal)) throw error;
      const because = error.message;
      if (error.silent) return { kind: "later", afterMs: silence.begins(), because, asked: true };
      silence.ends();
      if (error.forEver) return { kind: "never", because };
      if (error.waitMs !== undefined) return { kind: "later", afterMs: error.waitMs, because, asked: true };
      return { kind: "later", afterMs: AGAIN_MS, because };
    }
  }

  async function send({ room: to, topic, replyTo, text, randomId }: Outgoing): Promise<Delivery> {
    if (to !== room) return { kind: "never", because: `${agent} serves another channel of Discord` };
    const place = topic ?? channel;
    return reach(
      async (by) =>
        (await findSent(by, place, text, replyTo)) ?? (await by.send(place, { text, replyTo, nonce: randomId })),
    );
  }

  /** A nonce is good for some minutes; a letter whose answer was lost longer ago is found by what it says and answers. */
  async function findSent(by: DiscordClient, place: string, text: string, replyTo: string | null) {
    if (replyTo === null) return undefined;
    const { posts } = await by.history(place);
    const same = (post: Post) =>
      post.from.id === by.self && post.replyTo === replyTo && oneLine(post.text) === oneLine(text);
    return posts.find(same)?.id;
  }

  return {
    name: "discord",
    capabilities: { textMax: TEXT_MAX, catchUpMaxAgeMs: deps.catchUpMaxAgeMs, typing: true, reactions: true },
    async start(hearing) {
      const settled = Promise.withResolvers<void>();
      listening = listenTo(hearing);
      life = live(listening, settled.resolve);
      const patience = new AbortController();
      await Promise.race([settled.promise, clock.sleep(START_MAX_MS, patience.signal).catch(() => {})]);
      patience.abort();
    },
    send,
    async typing({ room: to, topic }, signal) {
      const ending = new AbortController();
      const leaves = [stopWith(ending, signal), stopWith(ending, closing.signal)];
      while (to === room && client !== undefined && !ending.signal.aborted) {
        // Nobody misses it.
        await client.typing(topic ?? channel).catch(() => {});
        await clock.sleep(TYPING_EVERY_MS, ending.signal).catch(() => {});
      }
      for (const leave of leaves) leave();
    },
    async react({ room: to, messageId }, emoji) {
      if (to !== room) return { kind: "never", because: `${agent} serves another channel of Discord` };
      return reach(async (by) => {
        await by.react(channel, messageId, emoji);
        return messageId;
      });
    },
    async close() {
      closing.abort();
      await life;
      await client?.close();
      await listening?.settled();
    },
  };
}
