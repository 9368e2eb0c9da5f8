/** The world behind the wire: who there is, where they meet, and everything that was said. */
import { randomBytes } from "node:crypto";
import { Api } from "telegram";
import { createPassword } from "../wire/password.ts";
import { long } from "../wire/tl.ts";
import {
  type Account,
  type BasicGroup,
  type Box,
  generalTopicId,
  nowSeconds,
  type PrivateChat,
  type Room,
  type StoredFile,
  type Supergroup,
} from "./model.ts";
import { createWriting, type Writing } from "./write.ts";

export type AccountOptions = { username?: string; password?: string; hint?: string; phone?: string; dcId?: number };
export type SupergroupOptions = { username?: string; forum?: boolean };

export type World = Writing & {
  readonly accounts: ReadonlyMap<number, Account>;
  readonly supergroups: ReadonlyMap<number, Supergroup>;
  readonly basicGroups: ReadonlyMap<number, BasicGroup>;
  readonly files: ReadonlyMap<string, StoredFile>;
  addAccount(name: string, options?: AccountOptions): Account;
  /** The first member made it. */
  addSupergroup(title: string, members: readonly [Account, ...Account[]], options?: SupergroupOptions): Supergroup;
  addBasicGroup(title: string, members: readonly [Account, ...Account[]]): BasicGroup;
  privateChat(one: Account, other: Account): PrivateChat;
  addFile(file: Pick<StoredFile, "kind" | "bytes"> & Partial<StoredFile>): StoredFile;
  /** From now on a file must be asked for with the reference of a message that is read anew. */
  expireFileReferences(): void;
};

/** Ids that need more than 32 bits, as today's accounts have. */
const firstAccountId = 6_100_000_001;
const firstSupergroupId = 2_200_000_001;
const firstBasicGroupId = 4_200_000_001;
const homeDcId = 2;

export function createWorld(): World {
  const accounts = new Map<number, Account>();
  const supergroups = new Map<number, Supergroup>();
  const basicGroups = new Map<number, BasicGroup>();
  const privateChats = new Map<string, PrivateChat>();
  const files = new Map<string, StoredFile>();
  const writing = createWriting();

  return {
    ...writing,
    accounts,
    supergroups,
    basicGroups,
    files,
    addAccount(name, { username, password, hint, phone, dcId = homeDcId } = {}) {
      const id = firstAccountId + accounts.size;
      const account: Account = {
        id,
        phone: phone ?? `1555${String(accounts.size).padStart(7, "0")}`,
        name,
        username: username ?? null,
        dcId,
        password: password === undefined ? null : createPassword(password, hint),
        // Two accounts never call a private message by the same number, other than by chance: here they do not even that.
        box: emptyBox(1 + accounts.size * 1000),
        rooms: new Set(),
        sent: new Map(),
        isBanned: false,
      };
      accounts.set(id, account);
      return account;
    },
    addSupergroup(title, members, { username, forum = false } = {}) {
      const [creator] = members;
      const group: Supergroup = {
        kind: "supergroup",
        id: firstSupergroupId + supergroups.size,
        title,
        username: username ?? null,
        creator,
        members: new Set(members),
        invite: randomBytes(12).toString("base64url"),
        box: emptyBox(1),
        isForum: forum,
        topics: new Map(),
        muted: new Set(),
        slowModeSeconds: 0,
        lastWroteMs: new Map(),
      };
      supergroups.set(group.id, group);
      enter(group);
      if (forum) group.topics.set(generalTopicId, { id: generalTopicId, title: "General", creator, topMessageId: 1 });
      writing.post({ room: group, author: creator, action: new Api.MessageActionChannelCreate({ title }) });
      return group;
    },
    addBasicGroup(title, members) {
      const id = firstBasicGroupId + basicGroups.size;
      const [creator] = members;
      const group: BasicGroup = { kind: "basic group", id, title, creator, members: new Set(members) };
      basicGroups.set(id, group);
      enter(group);
      const users = members.map((member) => long(member.id));
      writing.post({ room: group, author: creator, action: new Api.MessageActionChatCreate({ title, users }) });
      return group;
    },
    privateChat(one, other) {
      const key = [one.id, other.id].sort((a, b) => a - b).join("-");
      const chat: PrivateChat = privateChats.get(key) ?? { kind: "private", members: new Set([one, other]) };
      privateChats.set(key, chat);
      return chat;
    },
    addFile({ kind, bytes, mimeType = "application/octet-stream", attributes = [], dcId = homeDcId }) {
      const id = randomBytes(8).readBigUInt64LE() >> 1n;
      const reference = randomBytes(24);
      const file = { id, kind, bytes, mimeType, attributes, dcId, reference, atSeconds: nowSeconds() };
      files.set(id.toString(), file);
      return file;
    },
    expireFileReferences() {
      for (const file of files.values()) file.reference = randomBytes(24);
    },
  };
}

function emptyBox(nextId: number): Box {
  return { nextId, pts: 1, messages: new Map(), events: [] };
}

function enter(room: Room): void {
  for (const member of room.members) member.rooms.add(room);
}
