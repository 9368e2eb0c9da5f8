/** What can be done to a message that stands: edit it, delete it, react to it. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { boxFor, type Message, type Room } from "../world/model.ts";
import { showEvent, showReactionsUpdate, updatesFor } from "../world/show-update.ts";
import { type Call, method } from "./method.ts";
import { ownSupergroupOf, roomOf } from "./peers.ts";
import { entitiesFrom, newsOf } from "./writing.ts";

export const editMessage = method(Api.messages.EditMessage, (call, { peer, id, message: text, entities }) => {
  const message = standing(call, roomOf(call, peer), id);
  if (message.author !== call.account) refuse(403, "MESSAGE_AUTHOR_REQUIRED");
  if (text === undefined || text === message.text) return refuse(400, "MESSAGE_NOT_MODIFIED");
  call.world.edit(message, text, entitiesFrom(call, entities), call.session);
  const update = showEvent(newsOf(message, call.account), call.account);
  return updatesFor([update], { messages: [message] }, call.account);
});

/** One's own messages; the creator of a group may delete anybody's. */
export const deleteChannelMessages = method(Api.channels.DeleteMessages, (call, { channel, id }) => {
  const group = ownSupergroupOf(call, channel);
  const found = id.map((each) => group.box.messages.get(each)).filter((message) => message !== undefined);
  const mayDelete = ({ author }: Message) => author === call.account || group.creator === call.account;
  if (!found.every(mayDelete)) refuse(403, "MESSAGE_DELETE_FORBIDDEN");
  return remove(call, found, group.box);
});

export const deleteMessages = method(Api.messages.DeleteMessages, (call, { id }) => {
  const { box } = call.account;
  return remove(
    call,
    id.map((each) => box.messages.get(each)).filter((message) => message !== undefined),
    box,
  );
});

export const sendReaction = method(Api.messages.SendReaction, (call, { peer, msgId, reaction = [] }) => {
  const message = standing(call, roomOf(call, peer), Number(msgId));
  const emoji = reaction.flatMap((one) => (one instanceof Api.ReactionEmoji ? [one.emoticon] : []));
  if (emoji.some((one) => !call.reactions.includes(one))) refuse(400, "REACTION_INVALID");
  call.world.react(message, call.account, emoji, call.session);
  return updatesFor([showReactionsUpdate(message, call.account)], { messages: [message] }, call.account);
});

export const getMessagesReactions = method(Api.messages.GetMessagesReactions, (call, { peer, id }) => {
  const room = roomOf(call, peer);
  const messages = id.map((each) => standing(call, room, each));
  const updates = messages.map((message) => showReactionsUpdate(message, call.account));
  return updatesFor(updates, { messages }, call.account);
});

export const setTyping = method(Api.messages.SetTyping, (call, { peer, topMsgId, action }) => {
  const room = roomOf(call, peer);
  call.world.typing({ room, by: call.account, topicId: topMsgId ? Number(topMsgId) : null, action });
  return true;
});

function standing({ account }: Call, room: Room, id: number): Message {
  const message = boxFor(room, account).messages.get(id);
  if (message?.room !== room || message.isDeleted) return refuse(400, "MESSAGE_ID_INVALID");
  return message;
}

function remove(call: Call, messages: Message[], box: { pts: number }): Api.messages.AffectedMessages {
  const before = box.pts;
  for (const room of new Set(messages.map((message) => message.room))) {
    call.world.remove(
      messages.filter((message) => message.room === room),
      call.session,
    );
  }
  return new Api.messages.AffectedMessages({ pts: box.pts, ptsCount: box.pts - before });
}
