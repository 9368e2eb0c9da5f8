/** The one file that loads the Discord library, when it is called: by an agent that uses Discord. */
import type { Message, MessageReaction, PartialMessage, PartialMessageReaction } from "discord.js";
import { messageOf, OperationalError, unlessStopped } from "../../base/index.ts";

/** What was said in the channel or a thread of it, in plain words. */
export type Post = {
  id: string;
  /** The thread it stands in; null in the channel itself. */
  thread: string | null;
  from: { id: string; name: string };
  text: string;
  /** Names of accounts that the text calls, by their ids. */
  mentions: ReadonlyMap<string, string>;
  replyTo: string | null;
  attachments: readonly string[];
  saidAt: number;
};

export type Listener = {
  posted(post: Post): void;
  edited(post: Post): void;
  deleted(ids: readonly string[]): void;
  /** All reactions of people that a message has now. */
  reacted(id: string, reactions: readonly { by: { id: string; name: string }; emoji: string }[]): void;
  /** The line broke: what comes from here on may have a hole before it. */
  cut(): void;
  /** Connected anew: what came meanwhile must be asked for. */
  back(): void;
};

/** Discord said no, or nothing: then it is `silent`. `waitMs` where it asked to wait; `forEver` where trying again is no use. */
export class DiscordRefusal extends OperationalError {
  override readonly name = "DiscordRefusal";
  readonly waitMs: number | undefined;
  readonly forEver: boolean;
  readonly silent: boolean;
  constructor(
    message: string,
    {
      waitMs,
      forEver = false,
      silent = false,
      cause,
    }: { waitMs?: number; forEver?: boolean; silent?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.waitMs = waitMs;
    this.forEver = forEver;
    this.silent = silent;
  }
}

export interface DiscordClient {
  readonly self: string;
  /** The id of the message; the same nonce within some minutes is the same message. */
  send(place: string, message: { text: string; replyTo: string | null; nonce: string }): Promise<string>;
  typing(place: string): Promise<void>;
  react(place: string, id: string, emoji: string | null): Promise<void>;
  /** Threads of the channel that are open. */
  threads(): string[];
  /** Oldest first, at most a hundred; after this id, or the newest. `next` is the id after which there may be more. */
  history(place: string, after?: string): Promise<{ posts: Post[]; next: string | undefined }>;
  close(): Promise<void>;
}

export type Opening = {
  token: string;
  /** The channel that is followed, with its threads. */
  channel: string;
  /** Where the REST API is; Discord's own unless told otherwise. */
  api: string | undefined;
  listener: Listener;
  /** Ends the opening, and whatever is asked. */
  signal: AbortSignal;
};

const PAGE = 100;
const CALL_MAX_MS = 15_000;
/** Messages that are kept in memory, so that a reaction finds its message. */
const CACHED_MAX = 200;

/**
 * Connects; rejects with DiscordRefusal when the token is wrong or the channel cannot be read. What is said before it
 * resolves is not told, but stands in the history.
 */
export async function openDiscord({ token, channel, api, listener, signal }: Opening): Promise<DiscordClient> {
  const lib = await import("discord.js");
  const { GatewayIntentBits, Partials, Events } = lib;
  const client = new lib.Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.GuildMessageReactions,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Message, Partials.Reaction, Partials.User, Partials.Channel],
    makeCache: lib.Options.cacheWithLimits({ ...lib.Options.DefaultMakeCacheSettings, MessageManager: CACHED_MAX }),
    rest: { timeout: CALL_MAX_MS, retries: 0, rejectOnRateLimit: () => true, ...(api === undefined ? {} : { api }) },
    // Nothing that an agent writes may call everybody.
    allowedMentions: { parse: ["users"], repliedUser: false },
  });

  async function ask<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await unlessStopped(work(), signal);
    } catch (error) {
      throw refusalOf(lib, error);
    }
  }

  /** Undefined when it is not in the channel that is followed. */
  function threadOf(message: Message | PartialMessage): { thread: string | null } | undefined {
    if (message.channelId === channel) return { thread: null };
    const place = client.channels.cache.get(message.channelId);
    return place?.isThread() && place.parentId === channel ? { thread: place.id } : undefined;
  }

  function postOf(message: Message): Post | undefined {
    const place = threadOf(message);
    if (place === undefined || message.system) return undefined;
    const { author, member, mentions } = message;
    return {
      id: message.id,
      ...place,
      from: { id: author.id, name: member?.displayName ?? author.displayName },
      text: message.content,
      mentions: new Map(mentions.users.map((user) => [user.id, user.displayName])),
      replyTo: message.reference?.messageId ?? null,
      attachments: message.attachments.map(({ name, contentType }) => `${kindOf(contentType)}: ${name}`),
      saidAt: message.createdTimestamp,
    };
  }

  async function tellReactions(reaction: MessageReaction | PartialMessageReaction): Promise<void> {
    const message = await reaction.message.fetch();
    if (threadOf(message) === undefined) return;
    const all = await Promise.all(
      message.reactions.cache.map(async (one) =>
        (await one.users.fetch()).map(({ id, displayName }) => ({
          by: { id, name: displayName },
          emoji: one.emoji.name ?? "",
        })),
      ),
    );
    listener.reacted(message.id, all.flat());
  }

  const onReaction = (reaction: MessageReaction | PartialMessageReaction) =>
    void tellReactions(reaction).catch(() => {});
  // Without a listener an error of a line would end the process; the library connects anew by itself.
  client.on(Events.Error, () => {}).on(Events.ShardError, () => {});
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  try {
    await ask(() => client.login(token));
    await ask(() => ready);
    await placeOf(channel);
  } catch (error) {
    await client.destroy();
    throw error;
  }
  client
    .on(Events.MessageCreate, (message) => {
      const post = postOf(message);
      if (post !== undefined) listener.posted(post);
    })
    .on(Events.MessageUpdate, (_, message) => {
      const post = postOf(message);
      if (post !== undefined && message.editedTimestamp !== null) listener.edited(post);
    })
    .on(Events.MessageDelete, (message) => threadOf(message) && listener.deleted([message.id]))
    .on(Events.MessageBulkDelete, (messages) => listener.deleted(messages.filter(threadOf).map(({ id }) => id)))
    .on(Events.MessageReactionAdd, onReaction)
    .on(Events.MessageReactionRemove, onReaction)
    .on(Events.ShardReconnecting, () => listener.cut())
    .on(Events.ShardReady, () => listener.back())
    .on(Events.ShardResume, () => listener.back());

  async function placeOf(id: string) {
    const place = await ask(() => client.channels.fetch(id));
    if (place?.isTextBased() && place.isSendable()) return place;
    throw new DiscordRefusal(`${id} is no channel of Discord that this bot can write to.`, { forEver: true });
  }

  return {
    self: client.user?.id ?? "",
    async send(place, { text, replyTo, nonce }) {
      const target = await placeOf(place);
      const reply = replyTo === null ? {} : { reply: { messageReference: replyTo, failIfNotExists: false } };
      return ask(async () => (await target.send({ content: text, nonce, enforceNonce: true, ...reply })).id);
    },
    async typing(place) {
      const target = await placeOf(place);
      await ask(() => target.sendTyping());
    },
    async react(place, id, emoji) {
      const target = await placeOf(place);
      const message = await ask(async (): Promise<Message> => target.messages.fetch(id));
      if (emoji !== null) return void (await ask(() => message.react(emoji)));
      const own = message.reactions.cache.filter(({ me }) => me);
      for (const reaction of own.values()) await ask(() => reaction.users.remove());
    },
    threads: () =>
      [...client.channels.cache.values()].flatMap((place) =>
        place.isThread() && place.parentId === channel && place.archived !== true ? [place.id] : [],
      ),
    async history(place, after) {
      const target = await placeOf(place);
      const found = await ask(() =>
        target.messages.fetch({ limit: PAGE, cache: false, ...(after === undefined ? {} : { after }) }),
      );
      const messages = [...found.values()].reverse();
      return {
        posts: messages.flatMap((message) => postOf(message) ?? []),
        next: messages.length < PAGE ? undefined : messages.at(-1)?.id,
      };
    },
    close: () => client.destroy(),
  };
}

function kindOf(contentType: string | null): string {
  return /^(image|audio|video)\//u.exec(contentType ?? "")?.[1] ?? "file";
}

function refusalOf(lib: typeof import("discord.js"), error: unknown): unknown {
  if (error instanceof DiscordRefusal) return error;
  if (error instanceof lib.RateLimitError) {
    return new DiscordRefusal("Discord asks to wait.", { waitMs: error.retryAfter, cause: error });
  }
  if (error instanceof lib.DiscordAPIError) {
    const forEver = error.status < 500 && error.status !== 429;
    return new DiscordRefusal(`Discord refused: ${error.message} (${error.code}).`, { forEver, cause: error });
  }
  if (error instanceof lib.HTTPError) {
    return new DiscordRefusal(`Discord is in trouble (HTTP ${error.status}).`, { cause: error });
  }
  if (error instanceof lib.DiscordjsError && error.code === "TokenInvalid") {
    return new DiscordRefusal("Discord does not know this bot's token.", { forEver: true, cause: error });
  }
  // An objection of the library itself: Discord was not asked.
  if (error instanceof lib.DiscordjsError) return new DiscordRefusal(messageOf(error), { cause: error });
  return new DiscordRefusal(`Discord did not answer: ${messageOf(error)}`, { silent: true, cause: error });
}
