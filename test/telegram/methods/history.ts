/** Reading what was said: by number, by page, by thread, by words. */
import { Api } from "telegram";
import { boxFor, idFor, type Message, type Room, standingIn } from "../world/model.ts";
import { namedIn, showMessage } from "../world/show-message.ts";
import { type Call, method } from "./method.ts";
import { ownSupergroupOf, roomOf } from "./peers.ts";

type Page = { offsetId: number; addOffset: number; limit: number; maxId: number; minId: number };
const pageMessagesMax = 100;

export const getHistory = method(Api.messages.GetHistory, (call, query) => {
  const room = roomOf(call, query.peer);
  return pageOf(call, room, standingIn(room, call.account), query);
});

export const getReplies = method(Api.messages.GetReplies, (call, query) => {
  const room = roomOf(call, query.peer);
  const isInThread = ({ topicId, replyTo }: Message) =>
    topicId === query.msgId || (replyTo !== null && idFor(replyTo, call.account) === query.msgId);
  return pageOf(call, room, standingIn(room, call.account).filter(isInThread), query);
});

export const search = method(Api.messages.Search, (call, query) => {
  const room = roomOf(call, query.peer);
  const words = query.q.toLowerCase();
  const found = standingIn(room, call.account).filter(({ text }) => text.toLowerCase().includes(words));
  return pageOf(call, room, found, query);
});

export const getChannelMessages = method(Api.channels.GetMessages, (call, { channel, id }) => {
  const group = ownSupergroupOf(call, channel);
  const { shown, messages } = byNumber(call, group, id);
  const named = namedIn(messages, call.account, { rooms: [group] });
  return new Api.messages.ChannelMessages({
    pts: group.box.pts,
    count: shown.length,
    topics: [],
    messages: shown,
    ...named,
  });
});

export const getMessages = method(Api.messages.GetMessages, (call, { id }) => {
  const { shown, messages } = byNumber(call, null, id);
  return new Api.messages.Messages({ messages: shown, ...namedIn(messages, call.account) });
});

/** Answers every number it is asked for; a message that is not there is an empty one. */
function byNumber(call: Call, room: Room | null, wanted: readonly Api.TypeInputMessage[]) {
  const messages: Message[] = [];
  const shown = wanted.map((input) => {
    const id = "id" in input ? input.id : 0;
    const box = room ? boxFor(room, call.account) : call.account.box;
    const named = box.messages.get(id);
    const message = input instanceof Api.InputMessageReplyTo ? named?.replyTo : named;
    if (!message) return new Api.MessageEmpty({ id });
    messages.push(message);
    return showMessage(message, call.account);
  });
  return { messages, shown };
}

/** Newest first, from below `offsetId`; a negative `addOffset` starts that many messages above it. */
function pageOf(call: Call, room: Room, all: Message[], { offsetId, addOffset, limit, maxId, minId }: Page) {
  const { account } = call;
  const numbered = all.map((message) => ({ message, id: idFor(message, account) })).sort((a, b) => b.id - a.id);
  const from = offsetId === 0 ? 0 : numbered.findIndex(({ id }) => id < offsetId);
  const start = (from === -1 ? numbered.length : from) + addOffset;
  const page = numbered
    .slice(Math.max(0, start), Math.max(0, start + Math.min(limit || pageMessagesMax, pageMessagesMax)))
    .filter(({ id }) => (maxId === 0 || id < maxId) && id > minId)
    .map(({ message }) => message);
  const messages = page.map((message) => showMessage(message, account));
  const named = namedIn(page, account, { rooms: [room] });
  const count = all.length;
  if (room.kind === "supergroup") {
    return new Api.messages.ChannelMessages({ pts: room.box.pts, count, topics: [], messages, ...named });
  }
  if (page.length < all.length) return new Api.messages.MessagesSlice({ count, messages, ...named });
  return new Api.messages.Messages({ messages, ...named });
}
