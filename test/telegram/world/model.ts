/**
 * What the world is made of. One rule carries most of it: a box is one line of numbers and one line of events (pts).
 * A supergroup has a box, so its messages have the same number for everybody; private chats and basic groups have none,
 * so each account keeps its own copy in its own box, under a number of its own.
 */
import type { Api } from "telegram";
import type { Password } from "../wire/password.ts";

export type Account = {
  readonly id: number;
  readonly phone: string;
  readonly name: string;
  readonly username: string | null;
  /** The data centre it lives in. */
  readonly dcId: number;
  readonly password: Password | null;
  readonly box: Box;
  readonly rooms: Set<Room>;
  /** What it has sent, by the random id it chose. */
  readonly sent: Map<string, Message>;
  isBanned: boolean;
};

export type Box = {
  nextId: number;
  pts: number;
  readonly messages: Map<number, Message>;
  readonly events: Event[];
};

/** Something that moved the pts of a box; `pts` is where it stood afterwards. */
export type Event = {
  readonly pts: number;
  readonly count: number;
  readonly atSeconds: number;
  readonly change: Change;
};

export type Change =
  | { kind: "new" | "edited"; message: Message }
  | { kind: "deleted"; room: Room; ids: readonly number[] };

export type Room = Supergroup | BasicGroup | PrivateChat;

export type Supergroup = {
  readonly kind: "supergroup";
  readonly id: number;
  readonly title: string;
  readonly username: string | null;
  readonly creator: Account;
  readonly members: Set<Account>;
  readonly invite: string;
  readonly box: Box;
  readonly isForum: boolean;
  readonly topics: Map<number, Topic>;
  /** Members who may read and not write. */
  readonly muted: Set<Account>;
  slowModeSeconds: number;
  readonly lastWroteMs: Map<Account, number>;
};

export type BasicGroup = {
  readonly kind: "basic group";
  readonly id: number;
  readonly title: string;
  readonly creator: Account;
  readonly members: Set<Account>;
};

/** Two accounts; the same one twice where somebody keeps notes. */
export type PrivateChat = { readonly kind: "private"; readonly members: ReadonlySet<Account> };

export type Topic = { readonly id: number; readonly title: string; readonly creator: Account; topMessageId: number };

/** The topic of everything in a forum that names none. */
export const generalTopicId = 1;

export type Message = {
  /** In the order in which the world heard it, over all rooms. */
  readonly number: number;
  readonly room: Room;
  readonly author: Account;
  text: string;
  /** What stood there before, oldest first. */
  readonly earlierTexts: string[];
  readonly topicId: number | null;
  readonly replyTo: Message | null;
  readonly quote: string | null;
  /** Who wrote it first, when it is passed on. */
  readonly forwardedFrom: Account | null;
  /** What its author chose so that it is never sent twice; null when a person wrote it without a client. */
  readonly randomId: string | null;
  readonly media: StoredFile | null;
  /** The same for all parts of an album. */
  readonly albumId: string | null;
  /** A service message: somebody joined, a topic was made. */
  readonly action: Api.TypeMessageAction | null;
  entities: Api.TypeMessageEntity[];
  readonly reactions: Map<Account, readonly string[]>;
  isDeleted: boolean;
  readonly atSeconds: number;
  editedAtSeconds: number | null;
  /** Its number in each box that has it. */
  readonly ids: Map<Box, number>;
};

export type StoredFile = {
  readonly id: bigint;
  readonly kind: "photo" | "voice" | "document";
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly attributes: Api.TypeDocumentAttribute[];
  /** The data centre that keeps it. */
  readonly dcId: number;
  /** Proves that whoever asks has seen a message with it lately; changed by `expireFileReferences`. */
  reference: Buffer;
  readonly atSeconds: number;
};

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The box that holds a room's messages for this account. */
export function boxFor(room: Room, viewer: Account): Box {
  return room.kind === "supergroup" ? room.box : viewer.box;
}

/** What a message is called by this account. */
export function idFor(message: Message, viewer: Account): number {
  const id = message.ids.get(boxFor(message.room, viewer));
  if (id === undefined) throw new Error(`${viewer.name} has no copy of message ${message.number}`);
  return id;
}

/** The one an account talks to in a private chat. */
export function otherIn(room: PrivateChat, viewer: Account): Account {
  for (const member of room.members) if (member !== viewer) return member;
  return viewer;
}

/** The messages that stand in a room, as an account sees them, oldest first. */
export function standingIn(room: Room, viewer: Account): Message[] {
  return [...boxFor(room, viewer).messages.values()].filter((message) => message.room === room && !message.isDeleted);
}
