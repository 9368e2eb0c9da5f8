/** Questions about groups and who is in them. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { given, long } from "../wire/tl.ts";
import { type Account, nowSeconds, type Supergroup } from "../world/model.ts";
import { showAccount, showGroup } from "../world/show-people.ts";
import { method } from "./method.ts";
import { accountOf, ownSupergroupOf, supergroupOf } from "./peers.ts";

export const getChannels = method(Api.channels.GetChannels, (call, { id }) => {
  return new Api.messages.Chats({ chats: id.map((named) => showGroup(supergroupOf(call, named), call.account)) });
});

export const getChats = method(Api.messages.GetChats, ({ world, account }, { id }) => {
  const groups = id.map((one) => world.basicGroups.get(Number(one))).filter((group) => group?.members.has(account));
  return new Api.messages.Chats({ chats: groups.flatMap((group) => (group ? [showGroup(group, account)] : [])) });
});

export const getFullChannel = method(Api.channels.GetFullChannel, (call, { channel }) => {
  const group = supergroupOf(call, channel);
  const fields = {
    id: long(group.id),
    about: "",
    participantsCount: group.members.size,
    readInboxMaxId: 0,
    readOutboxMaxId: 0,
    unreadCount: 0,
    chatPhoto: new Api.PhotoEmpty({ id: long(0) }),
    notifySettings: new Api.PeerNotifySettings({}),
    botInfo: [],
    pts: group.box.pts,
    slowmodeSeconds: group.slowModeSeconds || undefined,
  };
  const fullChat = new Api.ChannelFull(given(fields));
  return new Api.messages.ChatFull({ fullChat, chats: [showGroup(group, call.account)], users: [] });
});

export const getFullChat = method(Api.messages.GetFullChat, ({ world, account }, { chatId }) => {
  const group = world.basicGroups.get(Number(chatId));
  if (!group?.members.has(account)) return refuse(400, "CHAT_ID_INVALID");
  const members = [...group.members];
  const inviterId = long(group.creator.id);
  const date = nowSeconds();
  const participants = new Api.ChatParticipants({
    chatId: long(group.id),
    version: 1,
    participants: members.map(({ id }) => new Api.ChatParticipant({ userId: long(id), inviterId, date })),
  });
  const notifySettings = new Api.PeerNotifySettings({});
  const fullChat = new Api.ChatFull({ id: long(group.id), about: "", participants, notifySettings });
  const users = members.map((member) => showAccount(member, account));
  return new Api.messages.ChatFull({ fullChat, chats: [showGroup(group, account)], users });
});

export const getParticipant = method(Api.channels.GetParticipant, (call, { channel, participant }) => {
  const group = ownSupergroupOf(call, channel);
  const member = accountOf(call, participant);
  if (!group.members.has(member)) return refuse(400, "USER_NOT_PARTICIPANT");
  return new Api.channels.ChannelParticipant({
    participant: showMember(group, member, call.account),
    chats: [],
    users: [showAccount(member, call.account)],
  });
});

export const getParticipants = method(Api.channels.GetParticipants, (call, { channel, offset, limit }) => {
  const group = ownSupergroupOf(call, channel);
  const page = [...group.members].slice(offset, offset + limit);
  return new Api.channels.ChannelParticipants({
    count: group.members.size,
    participants: page.map((member) => showMember(group, member, call.account)),
    chats: [],
    users: page.map((member) => showAccount(member, call.account)),
  });
});

function showMember(group: Supergroup, member: Account, viewer: Account): Api.TypeChannelParticipant {
  const userId = long(member.id);
  if (member === group.creator) {
    return new Api.ChannelParticipantCreator({ userId, adminRights: new Api.ChatAdminRights({}) });
  }
  const date = nowSeconds();
  if (member !== viewer) return new Api.ChannelParticipant({ userId, date });
  return new Api.ChannelParticipantSelf({ userId, inviterId: long(group.creator.id), date });
}
