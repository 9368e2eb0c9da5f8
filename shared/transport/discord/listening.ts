/** What a bot hears, once at least and in order: it is kept until it is recorded, and what was missed is fetched before anything after it counts. */
import { type Clock, type Log, messageOf, OperationalError } from "../../base/index.ts";
import type { Heard, HeardSender, Hearing } from "../contract.ts";
import { type DiscordClient, DiscordRefusal, type Listener, type Post } from "./client.ts";

type Deps = {
  room: string;
  /** The channel whose history is asked for, with its open threads. */
  channel: string;
  /** Tokens of all agents' bots by agent: a token begins with the number of its account. */
  bots: Readonly<Record<string, string>>;
  owners: readonly string[];
  allowed: readonly string[];
  hearing: Hearing;
  /** The newest message of the room that is known; undefined at first: then it hears from now on. */
  lastHeard(room: string): Promise<string | undefined>;
  client(): DiscordClient | undefined;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
};

export interface Listening {
  /** What the client tells. */
  readonly listener: Listener;
  /** Resolves when whatever is under way has ended. */
  settled(): Promise<unknown>;
}

/** The ledger was busy or full, or Discord did not answer: it is tried again after this. */
const AGAIN_MS = 1_000;
/** Pages of a hundred that are fetched of one place after an absence. */
const PAGES_MAX = 10;

export function createListening(deps: Deps): Listening {
  const { room, channel, hearing, lastHeard, client, clock, log, signal } = deps;
  const senderOf = createSenders(deps);
  /** Everything up to this message was recorded. */
  let position: string | undefined;
  /** Whether nothing is missing between `position` and what is pushed. */
  let whole = false;
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = (task: () => Promise<unknown>) => {
    queue = queue.then(() => untilDone(task)).catch((error: unknown) => log.error("discord not heard", { error }));
  };

  /** After the stop nothing is told any more: the next life asks for it. */
  async function untilDone(task: () => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      try {
        await task();
        return;
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        if (signal.aborted) return;
        log.warn("what was heard is not recorded yet", { because: messageOf(error) });
        const askedMs = error instanceof DiscordRefusal ? (error.waitMs ?? 0) : 0;
        await clock.sleep(Math.max(AGAIN_MS, askedMs), signal).catch(() => {});
      }
    }
  }

  async function said(post: Post): Promise<void> {
    await hearing.said(heardOf(post));
    if (whole) position = newer(position, post.id);
  }

  async function catchUp(): Promise<void> {
    const by = client();
    if (by !== undefined && position !== undefined) {
      // Over all places in the order in which it was said: whoever begins here anew begins without a hole.
      for (const post of await missed(by, position)) {
        await hearing.said(heardOf(post));
        position = post.id;
      }
    }
    whole = true;
  }

  async function missed(by: DiscordClient, after: string): Promise<Post[]> {
    const posts: Post[] = [];
    for (const place of [channel, ...by.threads()]) posts.push(...(await missedIn(by, place, after)));
    return posts.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }

  async function missedIn(by: DiscordClient, place: string, after: string): Promise<Post[]> {
    const all: Post[] = [];
    let from: string | undefined = after;
    try {
      for (let page = 0; page < PAGES_MAX && from !== undefined; page++) {
        const { posts, next } = await by.history(place, from);
        all.push(...posts);
        from = next;
      }
    } catch (error) {
      // A thread that is gone, or that this bot may not read.
      if (!(error instanceof DiscordRefusal && error.forEver)) throw error;
      log.warn("history not read", { place, because: error.message });
      return all;
    }
    if (from !== undefined) log.warn("messages were left out", { place, after: from });
    return all;
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

  inOrder(async () => {
    position = await lastHeard(room);
  });
  return {
    listener: {
      posted: (post) => inOrder(() => said(post)),
      edited: (post) => inOrder(() => hearing.edited({ room, messageId: post.id, text: textOf(post) })),
      deleted: (ids) => inOrder(() => Promise.all(ids.map((messageId) => hearing.deleted({ room, messageId })))),
      reacted: (messageId, reactions) =>
        inOrder(() =>
          hearing.reacted({
            room,
            messageId,
            reactions: reactions.map(({ by, emoji }) => ({ by: senderOf(by), emoji })),
          }),
        ),
      cut: () =>
        inOrder(async () => {
          whole = false;
        }),
      back: () => inOrder(catchUp),
    },
    settled: () => queue,
  };
}

/** Numbers of messages rise with time. */
function newer(known: string | undefined, id: string): string {
  return known === undefined || BigInt(id) > BigInt(known) ? id : known;
}

/** An account's number decides who speaks, never a name. */
function createSenders({ bots, owners, allowed }: Pick<Deps, "bots" | "owners" | "allowed">) {
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
