/** What we need of a Telegram library, in plain words: few verbs, no types of its own. One adapter stands behind it. */

/** A user, a basic group, or a supergroup. Ids are decimal text: they exceed 2³², and one day 2⁵³. */
export type Peer = { kind: "user" | "chat" | "channel"; id: string };

export type Profile = { id: string; username: string | null; name: string };

/** A group that the account is in. */
export type Group = Peer & { title: string; username: string | null; pts: number };

/** Emphasis on a stretch of text; offset and length count UTF-16 units, as Telegram and JavaScript both do. */
export type Emphasis = { offset: number; length: number } & (
  | { kind: "bold" | "italic" | "underline" | "strike" | "spoiler" | "code" | "quote" }
  | { kind: "pre"; language: string }
  | { kind: "link"; url: string }
  | { kind: "mention"; user: string }
);

export type Attachment = {
  kind: "photo" | "voice" | "audio" | "video" | "sticker" | "file" | "location" | "contact" | "poll" | "other";
  /** A file's name, a sticker's emoji, a poll's question. */
  label: string;
  file: StoredFile | undefined;
};

/** A file that stands at the service, known without fetching it. The reference is good for some hours. */
export type StoredFile = {
  kind: "photo" | "document";
  id: string;
  accessHash: string;
  /** base64 */
  reference: string;
  dcId: number;
  /** Which size of a photo. */
  size: string;
  bytes: number;
  mimeType: string;
};

export type Post = {
  id: number;
  peer: Peer;
  /** Who said it; in a private chat always the person or oneself. */
  from: Profile & Pick<Peer, "kind">;
  out: boolean;
  saidAt: number;
  /** Whose words it passes on, when they are somebody else's. */
  forwarded: string | undefined;
  text: string;
  emphasis: readonly Emphasis[];
  /** The message it answers, and the topic or thread that it stands in, as Telegram writes them. */
  reply: { to: number | undefined; top: number | undefined; forum: boolean } | undefined;
  /** Posts with the same album are one message. */
  album: string | undefined;
  attachment: Attachment | undefined;
  /** Somebody joined, a title changed: nothing that was said. */
  service: boolean;
};

/** What Telegram tells an account. */
export type News =
  | { kind: "posted" | "edited"; post: Post }
  /** `channel` is undefined where ids are the account's own: private chats and basic groups. */
  | { kind: "deleted"; channel: string | undefined; ids: readonly number[] }
  | {
      kind: "reacted";
      peer: Peer;
      id: number;
      reactions: readonly { by: Profile & Pick<Peer, "kind">; emoji: string }[];
    }
  /** Something that does not concern us, but counts in the sequence. */
  | { kind: "other" };

/** News with its place: `box` is a supergroup's id, or "" for the account's own sequence; without `count` it has no place. */
export type Update = { box: string; pts: number; count: number | undefined; news: News };

/** Telegram says that this box has more than it will push. */
export type Behind = { behind: string };

/** How far an account has heard. */
export type Position = {
  pts: number;
  qts: number;
  date: number;
  channels: Record<string, number>;
  /** The newest post of the followed group that was handed on, or that stood there at the beginning; 0 when none did. */
  lastId: number;
};

export type Difference = {
  news: readonly News[];
  position: Pick<Position, "pts" | "qts" | "date">;
  /** Supergroups that have news of their own. */
  behind: readonly string[];
  complete: boolean;
};

export type ChannelDifference = {
  news: readonly News[];
  pts: number;
  complete: boolean;
  /** Too much happened: there is a hole before the first of `news`. */
  hole: boolean;
};

export type Listener = {
  update(update: Update | Behind): void;
  /** `lost`: the service forgot the key of this account. */
  link(state: "up" | "down" | "lost"): void;
};

export type Text = { text: string; emphasis: readonly Emphasis[] };

export type Voice = { bytes: Uint8Array; replyTo: number | null; randomId: string };

export type Sending = Text & { to: Peer; replyTo: number | null; topic: number | null; randomId: string };

/** Every verb rejects with a TelegramRefusal when the service says no, and with TelegramSilent when its answer does not come in time. */
export interface TelegramPort {
  /** Connects and says whose account it is. */
  connect(listener: Listener): Promise<Profile>;
  /** The groups that the account is in. */
  groups(): Promise<Group[]>;
  /** The supergroup or group that an invite link leads to; undefined when the account has not joined it. */
  invited(hash: string): Promise<Group | undefined>;
  members(channel: string): Promise<Profile[]>;
  position(): Promise<Pick<Position, "pts" | "qts" | "date">>;
  difference(from: Pick<Position, "pts" | "qts" | "date">): Promise<Difference>;
  channelDifference(channel: string, pts: number): Promise<ChannelDifference>;
  /** The newest posts of a place, before this id when given; newest first. */
  history(peer: Peer, options: { limit: number; before?: number }): Promise<Post[]>;
  /** The id that the message got, and what else the answer told: it counts in the sequence, and comes no other way. */
  send(sending: Sending): Promise<{ id: number | undefined; updates: Update[] }>;
  typing(to: Peer, topic: number | null): Promise<void>;
  /** All bytes of a file. Look at its size before: they are held in memory. */
  download(file: StoredFile): Promise<Uint8Array>;
  /** A voice message, Ogg with Opus; the same random id means the same message. */
  sendVoice(to: Peer, voice: Voice): Promise<{ id: number | undefined; updates: Update[] }>;
  react(to: Peer, id: number, emoji: string | null): Promise<Update[]>;
  close(): Promise<void>;
}

/** What the login command needs. The session is text that must be kept like a password. */
export interface LoginPort {
  sendCode(phone: string): Promise<{ hash: string; via: string }>;
  signIn(phone: string, hash: string, code: string): Promise<"in" | "password">;
  passwordHint(): Promise<string>;
  checkPassword(password: string): Promise<void>;
  /** A link to be scanned by a phone that is logged in, good for about 30 s; "in" or "password" once it was. */
  qr(): Promise<{ url: string; expiresAt: number } | "in" | "password">;
  /** Resolves when a phone has scanned the code, or after so long. */
  scanned(atMostMs: number): Promise<void>;
  self(): Promise<Profile>;
  session(): string;
  close(): Promise<void>;
}
