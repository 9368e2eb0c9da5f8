/** From Telegram's news to what the swarm hears: one group, albums as one message, private chats apart. */
import { type Clock, cut, type Log, OperationalError, oneLine } from "../../base/index.ts";
import type { HeardSender, Hearing } from "../contract.ts";
import { readText } from "./markdown.ts";
import type { News, Peer, Post, StoredFile } from "./port.ts";
import type { Queue } from "./queue.ts";
import type { Senders } from "./senders.ts";

/** What somebody wrote to the agent alone. It never enters the ledger, and may come again after a restart: `messageId` is its identity. */
export type PrivateMessage = {
  from: HeardSender;
  messageId: string;
  replyTo: string | null;
  text: string;
  /** Why nothing of it could be read, as a sentence for the person; undefined when something could. */
  unread: string | undefined;
  saidAt: number;
};

/** A voice message or a photo that may be turned into words. */
export type Media = {
  kind: "voice" | "photo";
  bytes: number;
  mimeType: string;
  /** All of it. Look at `bytes` before. */
  download(): Promise<Uint8Array>;
};

/** What a medium says or shows, or a sentence about why that is not known. */
export type Perceived = { words: string } | { because: string };

/** Turns a medium into words; `messageId` is undefined in a private chat. Rejects only when it is told to stop. */
export type Perceive = (
  media: Media,
  where: { room: string; messageId: string } | undefined,
  signal: AbortSignal,
) => Promise<Perceived>;

export interface Incoming {
  /** Rejects with what the listener rejects with; the same news may then come again. */
  take(news: News): Promise<void>;
  /** Whether something is held back because more of it may come. */
  holding(): boolean;
}

type Deps = {
  channel: string;
  /** `telegram:<channel>`. */
  room: string;
  senders: Senders;
  hearing: Hearing;
  /** Resolves when the message is kept, not when it is answered: what is heard next waits for it. */
  privately(message: PrivateMessage): Promise<void>;
  perceive: Perceive;
  download(file: StoredFile): Promise<Uint8Array>;
  queue: Queue;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** What was held back has been handed on. */
  onWhole(): void;
};

/** The pictures of an album come one by one, within this of each other. */
const ALBUM_MS = 700;
/** Pictures of one message that are looked at; an album has ten at most. */
const PERCEIVED_MAX = 10;
/** Albums whose first id is remembered, so that an edit of any picture finds its message; and private messages, so that none comes twice. */
const REMEMBERED_MAX = 500;
/** Of the name of somebody whose words are passed on. */
const NAME_CHARACTERS_MAX = 64;

export function createIncoming(deps: Deps): Incoming {
  const { channel, room, senders, hearing, privately, queue, clock, log, signal, onWhole } = deps;
  const isOurs = ({ kind, id }: Peer) => kind === "channel" && id === channel;
  let album: { id: string; posts: Post[] } | undefined;
  const firstOf = new Map<string, number>();
  const toldPrivately = new Map<string, true>();

  async function posted(post: Post): Promise<void> {
    if (post.album !== undefined && post.album === album?.id) {
      if (!album.posts.some(({ id }) => id === post.id)) album.posts.push(post);
      return wakeLater();
    }
    await flush();
    if (post.album === undefined) return hearing.said(await heard([post]));
    album = { id: post.album, posts: [post] };
    remember(firstOf, post.album, firstOf.get(post.album) ?? post.id);
    wakeLater();
  }

  async function flush(): Promise<void> {
    if (album === undefined) return;
    await hearing.said(await heard(album.posts));
    album = undefined;
    onWhole();
  }

  function wakeLater(): void {
    const held = album?.posts.length;
    const id = album?.id;
    void clock
      .sleep(ALBUM_MS, signal)
      .then(() => queue.run(async () => (album?.id === id && album?.posts.length === held ? flush() : undefined)))
      .catch((error: unknown) => {
        // Told to stop: it is heard again, since the position has not moved past it.
        if (signal.aborted) return;
        if (error instanceof OperationalError) wakeLater();
        else log.error("an album was not told", { error });
      });
  }

  async function heard(posts: readonly Post[]) {
    const first = posts.reduce((a, b) => (b.id < a.id ? b : a));
    const { topic, replyTo } = threadOf(first);
    const where = { room, messageId: String(first.id) };
    const sender = senders.of(first.from);
    const { text } = await read(posts, sender, where);
    return { ...where, topic, sender, text, replyTo, saidAt: first.saidAt };
  }

  /** The words of a message, and of what is attached to it. Only people who are answered are worth a look at their pictures. */
  async function read(
    posts: readonly Post[],
    sender: HeardSender,
    where: { room: string; messageId: string } | undefined,
  ) {
    if (sender.kind !== "owner" && sender.kind !== "allowed") return { text: textOf(posts), unread: undefined };
    const media = posts.flatMap(({ attachment }) => mediaOf(attachment)).slice(0, PERCEIVED_MAX);
    const perceived: Perceived[] = [];
    for (const one of media) perceived.push(await deps.perceive(one, where, signal));
    const known = perceived.flatMap((one) => ("words" in one && one.words !== "" ? [one.words] : []));
    const unknown = [...new Set(perceived.flatMap((one) => ("because" in one ? [one.because] : [])))];
    const hasWords = posts.some((post) => post.text.trim() !== "");
    return {
      text: textOf(posts, [...known, ...unknown.map((because) => `(${because})`)]),
      unread: hasWords || known.length > 0 || unknown.length === 0 ? undefined : unknown.join(" "),
    };
  }

  function mediaOf(attachment: Post["attachment"]): Media[] {
    if (attachment?.file === undefined) return [];
    const { kind, file } = attachment;
    if (kind !== "voice" && kind !== "photo") return [];
    return [{ kind, bytes: file.bytes, mimeType: file.mimeType, download: () => deps.download(file) }];
  }

  function textOf(posts: readonly Post[], perceived: readonly string[] = []): string {
    const sorted = [...posts].sort((a, b) => a.id - b.id);
    const words = sorted.map((post) => readText(post, senders.agentOf)).filter((text) => text.trim() !== "");
    return [...forwardsOf(sorted), ...attachmentsOf(sorted), ...perceived, ...words].join("\n");
  }

  async function tellPrivately(post: Post): Promise<void> {
    // What the account itself wrote, from here or from a phone, is no message to it.
    if (post.out || toldPrivately.has(String(post.id))) return;
    const replyTo = post.reply?.to === undefined ? null : String(post.reply.to);
    const from = senders.of(post.from);
    const words = await read([post], from, undefined);
    await privately({ from, messageId: String(post.id), replyTo, ...words, saidAt: post.saidAt });
    remember(toldPrivately, String(post.id), true);
  }

  return {
    holding: () => album !== undefined,
    async take(news) {
      switch (news.kind) {
        case "other":
          return;
        case "posted":
          if (news.post.service) return;
          if (news.post.peer.kind === "user") return tellPrivately(news.post);
          if (isOurs(news.post.peer)) await posted(news.post);
          return;
        case "edited": {
          const { post } = news;
          if (post.service || !isOurs(post.peer)) return;
          await flush();
          const messageId = String((post.album === undefined ? undefined : firstOf.get(post.album)) ?? post.id);
          return hearing.edited({ room, messageId, text: textOf([post]) });
        }
        case "deleted":
          if (news.channel !== channel) return;
          await flush();
          for (const id of news.ids) await hearing.deleted({ room, messageId: String(id) });
          return;
        case "reacted":
          if (!isOurs(news.peer)) return;
          return hearing.reacted({
            room,
            messageId: String(news.id),
            reactions: news.reactions.map(({ by, emoji }) => ({ by: senders.of(by), emoji })),
          });
      }
    },
  };
}

/**
 * In a forum, a message in a topic replies to the topic's first message even when it answers nobody. The general topic
 * has no mark at all.
 */
function threadOf({ reply }: Post): { topic: string | null; replyTo: string | null } {
  if (reply === undefined) return { topic: null, replyTo: null };
  const { to, top, forum } = reply;
  if (!forum) return { topic: null, replyTo: textOrNull(to) };
  return { topic: textOrNull(top ?? to), replyTo: top === undefined ? null : textOrNull(to) };
}

function textOrNull(id: number | undefined): string | null {
  return id === undefined ? null : String(id);
}

/** Whoever passes something on says nothing of their own with it: the first line tells whose words follow. */
function forwardsOf(posts: readonly Post[]): string[] {
  const names = new Set(posts.flatMap(({ forwarded }) => forwarded ?? []));
  return [...names].map((name) => `[forwarded, written by ${cut(oneLine(name), NAME_CHARACTERS_MAX)}]`);
}

/** What cannot be read is named, so that nobody answers as if there had been nothing. */
function attachmentsOf(posts: readonly Post[]): string[] {
  const found = posts.flatMap(({ attachment }) => attachment ?? []);
  const kinds = [...new Set(found.map(({ kind, label }) => (label === "" ? kind : `${kind}: ${label}`)))];
  return kinds.map((kind) => {
    const many = found.filter((one) => (one.label === "" ? one.kind : `${one.kind}: ${one.label}`) === kind).length;
    return many > 1 ? `[${many} × ${kind}]` : `[${kind}]`;
  });
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > REMEMBERED_MAX && oldest !== undefined) map.delete(oldest);
}
