/** Accounts and rooms as one account sees them: ids are the same for all, access hashes are each viewer's own. */
import { Api } from "telegram";
import { sha256 } from "../wire/crypto.ts";
import { given, type Long, long } from "../wire/tl.ts";
import { type Account, type BasicGroup, nowSeconds, otherIn, type Room, type Supergroup } from "./model.ts";

/** The permission to name something: worthless to any other account. */
export function accessHashFor(
  viewer: Account,
  kind: "user" | "min user" | "channel" | "file",
  id: number | bigint,
): Long {
  return long(sha256(Buffer.from(`${viewer.id}|${kind}|${id}`)).readBigInt64LE(0));
}

/** `min`: as Telegram shows members in passing; such a one can be read and cannot be used to call anything. */
export function showAccount(account: Account, viewer: Account, { min = false } = {}): Api.User {
  const isSelf = account === viewer;
  const isMin = min && !isSelf;
  const fields = {
    self: isSelf,
    min: isMin,
    id: long(account.id),
    accessHash: accessHashFor(viewer, isMin ? "min user" : "user", account.id),
    firstName: account.name,
    username: account.username ?? undefined,
    phone: isSelf ? account.phone : undefined,
    status: new Api.UserStatusRecently({}),
  };
  return new Api.User(given(fields));
}

export function showGroup(group: Supergroup | BasicGroup, viewer: Account): Api.Chat | Api.Channel {
  const common = {
    creator: group.creator === viewer,
    left: !group.members.has(viewer),
    id: long(group.id),
    title: group.title,
    photo: new Api.ChatPhotoEmpty(),
    participantsCount: group.members.size,
    date: nowSeconds(),
  };
  if (group.kind === "basic group") return new Api.Chat({ ...common, version: 1 });
  const fields = {
    ...common,
    megagroup: true,
    forum: group.isForum,
    slowmodeEnabled: group.slowModeSeconds > 0,
    accessHash: accessHashFor(viewer, "channel", group.id),
    username: group.username ?? undefined,
  };
  return new Api.Channel(given(fields));
}

/** How a room is called in what is sent to this account. */
export function peerOf(room: Room, viewer: Account): Api.TypePeer {
  if (room.kind === "supergroup") return new Api.PeerChannel({ channelId: long(room.id) });
  if (room.kind === "basic group") return new Api.PeerChat({ chatId: long(room.id) });
  return userPeerOf(otherIn(room, viewer));
}

export function userPeerOf(account: Account): Api.PeerUser {
  return new Api.PeerUser({ userId: long(account.id) });
}
