/** What clients name, found in the world. A name is an id with the access hash that this very account was given. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import type { Account, PrivateChat, Room, Supergroup } from "../world/model.ts";
import { accessHashFor } from "../world/show-people.ts";
import type { Call } from "./method.ts";

/** Whatever the library declares that it accepts here: on the wire it has become an input peer. */
type Named = unknown;

export function accountOf({ world, account: viewer }: Call, named: Named): Account {
  if (named instanceof Api.InputPeerSelf || named instanceof Api.InputUserSelf) return viewer;
  if (!(named instanceof Api.InputPeerUser || named instanceof Api.InputUser)) return refuse(400, "USER_ID_INVALID");
  const account = world.accounts.get(Number(named.userId));
  if (!account || !named.accessHash.eq(accessHashFor(viewer, "user", account.id))) {
    return refuse(400, named instanceof Api.InputUser ? "USER_ID_INVALID" : "PEER_ID_INVALID");
  }
  return account;
}

export function supergroupOf({ world, account: viewer }: Call, named: Named): Supergroup {
  if (!(named instanceof Api.InputPeerChannel || named instanceof Api.InputChannel))
    return refuse(400, "CHANNEL_INVALID");
  const group = world.supergroups.get(Number(named.channelId));
  if (!group || !named.accessHash.eq(accessHashFor(viewer, "channel", group.id))) return refuse(400, "CHANNEL_INVALID");
  return group;
}

/** A supergroup the caller is in. */
export function ownSupergroupOf(call: Call, named: Named): Supergroup {
  const group = supergroupOf(call, named);
  return group.members.has(call.account) ? group : refuse(406, "CHANNEL_PRIVATE");
}

/** A room the caller is in. */
export function roomOf(call: Call, named: Named): Room {
  if (named instanceof Api.InputPeerChannel || named instanceof Api.InputChannel) return ownSupergroupOf(call, named);
  if (!(named instanceof Api.InputPeerChat)) return privateChatOf(call, named);
  const group = call.world.basicGroups.get(Number(named.chatId));
  if (!group?.members.has(call.account)) return refuse(400, "PEER_ID_INVALID");
  return group;
}

function privateChatOf(call: Call, named: Named): PrivateChat {
  return call.world.privateChat(call.account, accountOf(call, named));
}
