/** Discord as a transport: one bot of one agent, in one channel and its threads. */
import { type Clock, type Log, messageOf, oneLine } from "../../base/index.ts";
import type { Delivery, Heard, HeardSender, Hearing, Outgoing, Transport } from "../contract.ts";
import { type DiscordClient, DiscordRefusal, openDiscord, type Post } from "./client.ts";

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
const BACK_OFF_MS = 5_000;
const BACK_OFF_MAX_MS = 300_000;
const START_MAX_MS = 8_000;
/** Pages of a hundred that are fetched after an absence. */
const PAGES_MAX = 10;
/** Discord shows typing for ten seconds. */
const TYPING_EVERY_MS = 8_000;

/** Loads the library only when it starts. */
export function createDiscord(deps: DiscordDeps): Transport {
  const { agent, channel, clock, log } = deps;
  const room = `discord:${channel}`;
  const closing = new AbortController();
  const senderOf = createSenders(deps);
  let client: DiscordClient | undefined;
  let trouble = "the Discord bot has not started";
  let life: Promise<void> = Promise.resolve();
  /** One thing after another, in the order in which it was heard. */
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = (task: () => Promise<unknown>) => {
    queue = queue.then(task).catch((error: unknown) => log.warn("discord not heard", { because: messageOf(error) }));
  };

  async function live(hearing: Hearing, onLive: () => void): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        client = await openDiscord({ ...deps, api: deps.api, listener: listenerOf(hearing) });
        log.info("discord bot live", { account: client.self, channel });
        inOrder(() => catchUp(hearing));
        return onLive();
      } catch (error) {
        trouble = messageOf(error);
        log.warn("discord not connected", { because: trouble, failures });
        if (failures === 0) onLive();
        await clock.sleep(Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures), closing.signal).catch(() => {});
      }
    }
  }

  function listenerOf(hearing: Hearing) {
    return {
      posted: (post: Post) => inOrder(() => hearing.said(heardOf(post))),
      edited: (post: Post) => inOrder(() => hearing.edited({ room, messageId: post.id, text: textOf(post) })),
      deleted: (ids: readonly string[]) =>
        inOrder(() => Promise.all(ids.map((messageId) => hearing.deleted({ room, messageId })))),
      reacted: (messageId: string, reactions: readonly { by: { id: string; name: string }; emoji: string }[]) =>
        inOrder(() =>
          hearing.reacted({
            room,
            messageId,
            reactions: reactions.map(({ by, emoji }) => ({ by: senderOf(by), emoji })),
          }),
        ),
      ready: () => inOrder(() => catchUp(hearing)),
    };
  }

  /** What the library was not told while it was away; what is known already is recorded once. */
  async function catchUp(hearing: Hearing): Promise<void> {
    let after = await deps.lastHeard(room);
    for (let page = 0; client !== undefined && after !== undefined && page < PAGES_MAX; page++) {
      const posts = await client.history(channel, after);
      for (const post of posts) await hearing.said(heardOf(post));
      after = posts.at(-1)?.id;
    }
  }

  function heardOf(post: Post): Heard {
    const { id, thread, from, replyTo, saidAt } = post;
    return { room, messageId: id, topic: thread, sender: senderOf(from), text: textOf(post), replyTo, saidAt };
  }

  /** An agent that is called by its account is called by its name, which all agents know. */
  function textOf({ text, mentions, attachments }: Post): string {
    const named = text.replace(/<@!?(\d+)>/gu, (mark, id: string) => {
      const sender = senderOf({ id, name: mentions.get(id) ?? "" });
      return sender.name === "" ? mark : `@${sender.name}`;
    });
    return [...attachments.map((one) => `[${one}]`), ...(named === "" ? [] : [named])].join("\n");
  }

  async function send({ room: to, topic, replyTo, text, randomId }: Outgoing): Promise<Delivery> {
    if (to !== room) return { kind: "never", because: `${agent} serves another channel of Discord` };
    if (client === undefined) return { kind: "later", afterMs: AGAIN_MS, because: trouble, asked: true };
    const place = topic ?? channel;
    try {
      const before = await findSent(client, place, text, replyTo);
      return { kind: "sent", messageId: before ?? (await client.send(place, { text, replyTo, nonce: randomId })) };
    } catch (error) {
      return failedBy(error);
    }
  }

  /** A nonce is good for some minutes; a letter whose answer was lost longer ago is found by what it says and answers. */
  async function findSent(by: DiscordClient, place: string, text: string, replyTo: string | null) {
    if (replyTo === null) return undefined;
    const posts = await by.history(place);
    const same = (post: Post) =>
      post.from.id === by.self && post.replyTo === replyTo && oneLine(post.text) === oneLine(text);
    return posts.find(same)?.id;
  }

  return {
    name: "discord",
    capabilities: { textMax: TEXT_MAX, catchUpMaxAgeMs: deps.catchUpMaxAgeMs, typing: true, reactions: true },
    async start(hearing) {
      const settled = Promise.withResolvers<void>();
      life = live(hearing, settled.resolve);
      const patience = new AbortController();
      await Promise.race([settled.promise, clock.sleep(START_MAX_MS, patience.signal).catch(() => {})]);
      patience.abort();
    },
    send,
    async typing({ room: to, topic }, signal) {
      while (to === room && client !== undefined && !signal.aborted) {
        // Nobody misses it.
        await client.typing(topic ?? channel).catch(() => {});
        await clock.sleep(TYPING_EVERY_MS, AbortSignal.any([signal, closing.signal])).catch(() => {});
        if (closing.signal.aborted) return;
      }
    },
    async react({ room: to, messageId }, emoji) {
      if (to !== room) return { kind: "never", because: `${agent} serves another channel of Discord` };
      if (client === undefined) return { kind: "later", afterMs: AGAIN_MS, because: trouble, asked: true };
      try {
        await client.react(channel, messageId, emoji);
        return { kind: "sent", messageId };
      } catch (error) {
        return failedBy(error);
      }
    },
    async close() {
      closing.abort();
      await life;
      await client?.close();
      await queue;
    },
  };
}

function failedBy(error: unknown): Delivery {
  if (!(error instanceof DiscordRefusal)) throw error;
  const because = error.message;
  if (error.forEver) return { kind: "never", because };
  return {
    kind: "later",
    afterMs: error.waitMs ?? AGAIN_MS,
    because,
    ...(error.waitMs === undefined ? {} : { asked: true }),
  };
}

/** An account's number decides who speaks, never a name. */
function createSenders({ bots, owners, allowed }: Pick<DiscordDeps, "bots" | "owners" | "allowed">) {
  const agents = new Map(
    Object.entries(bots).flatMap(([name, token]) => {
      const id = accountOf(token);
      return id === undefined ? [] : [[id, name] as const];
    }),
  );
  return ({ id, name }: { id: string; name: string }): HeardSender => {
    const agent = agents.get(id);
    if (agent !== undefined) return { kind: "agent", id, name: agent };
    if (owners.includes(id)) return { kind: "owner", id, name };
    if (allowed.includes(id)) return { kind: "allowed", id, name };
    return { kind: "stranger", id, name };
  };
}

/** The first part of a bot's token is the number of its account, in base64. Undefined when it is no token. */
function accountOf(token: string): string | undefined {
  const id = Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8");
  return /^\d{5,25}$/u.test(id) ? id : undefined;
}
