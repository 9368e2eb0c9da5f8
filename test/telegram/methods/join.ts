/** Coming into a supergroup and leaving it. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { long } from "../wire/tl.ts";
import type { Supergroup } from "../world/model.ts";
import { showGroup } from "../world/show-people.ts";
import { showEvent, showMoved, updatesFor } from "../world/show-update.ts";
import { type Call, method } from "./method.ts";
import { ownSupergroupOf, supergroupOf } from "./peers.ts";

export const joinChannel = method(Api.channels.JoinChannel, (call, { channel }) =>
  join(call, supergroupOf(call, channel)),
);

export const importChatInvite = method(Api.messages.ImportChatInvite, (call, { hash }) =>
  join(call, invited(call, hash)),
);

export const checkChatInvite = method(Api.messages.CheckChatInvite, (call, { hash }) => {
  const group = invited(call, hash);
  if (group.members.has(call.account)) return new Api.ChatInviteAlready({ chat: showGroup(group, call.account) });
  const { title, members } = group;
  const photo = new Api.PhotoEmpty({ id: long(0) });
  return new Api.ChatInvite({
    channel: true,
    megagroup: true,
    title,
    photo,
    participantsCount: members.size,
    color: 0,
  });
});

export const leaveChannel = method(Api.channels.LeaveChannel, (call, { channel }) => {
  const group = ownSupergroupOf(call, channel);
  call.world.move(group, call.account, "out", call.session);
  return showMoved(group, call.account);
});

function invited({ world }: Call, hash: string): Supergroup {
  const groups = [...world.supergroups.values()];
  return groups.find(({ invite }) => invite === hash) ?? refuse(400, "INVITE_HASH_INVALID");
}

function join({ world, account, session }: Call, group: Supergroup): Api.Updates {
  if (group.members.has(account)) refuse(400, "USER_ALREADY_PARTICIPANT");
  world.move(group, account, "in", session);
  const action = new Api.MessageActionChatJoinedByLink({ inviterId: long(group.creator.id) });
  const message = world.post({ room: group, author: account, action }, session);
  const updates = [new Api.UpdateChannel({ channelId: long(group.id) })];
  const joined = group.box.events.slice(-1).map((event) => showEvent(event, account));
  return updatesFor([...updates, ...joined], { messages: [message] }, account);
}
