/** Questions about accounts and names. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { long } from "../wire/tl.ts";
import { peerOf, showAccount, showGroup, userPeerOf } from "../world/show-people.ts";
import { method } from "./method.ts";
import { accountOf } from "./peers.ts";

export const getUsers = method(Api.users.GetUsers, (call, { id }) => {
  return id.map((named) => showAccount(accountOf(call, named), call.account));
});

export const getFullUser = method(Api.users.GetFullUser, (call, { id }) => {
  const account = accountOf(call, id);
  const settings = new Api.PeerSettings({});
  const notifySettings = new Api.PeerNotifySettings({});
  const fullUser = new Api.UserFull({ id: long(account.id), settings, notifySettings, commonChatsCount: 0 });
  return new Api.users.UserFull({ fullUser, chats: [], users: [showAccount(account, call.account)] });
});

export const resolveUsername = method(Api.contacts.ResolveUsername, ({ world, account: viewer }, { username }) => {
  const isIt = (one: { username: string | null }) => one.username?.toLowerCase() === username.toLowerCase();
  const account = [...world.accounts.values()].find(isIt);
  if (account) {
    const users = [showAccount(account, viewer)];
    return new Api.contacts.ResolvedPeer({ peer: userPeerOf(account), chats: [], users });
  }
  const group = [...world.supergroups.values()].find(isIt) ?? refuse(400, "USERNAME_NOT_OCCUPIED");
  return new Api.contacts.ResolvedPeer({ peer: peerOf(group, viewer), chats: [showGroup(group, viewer)], users: [] });
});

export const getContacts = method(Api.contacts.GetContacts, () => {
  return new Api.contacts.Contacts({ contacts: [], savedCount: 0, users: [] });
});
