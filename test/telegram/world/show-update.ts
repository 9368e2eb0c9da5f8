/** What happened, as the update that tells one account of it. */
import { Api } from "telegram";
import { given, long } from "../wire/tl.ts";
import {
  type Account,
  type Event,
  idFor,
  type Message,
  nowSeconds,
  otherIn,
  type Room,
  type Supergroup,
} from "./model.ts";
import { isMeant, namedIn, showMessage, showReactions, showReply } from "./show-message.ts";
import { peerOf, userPeerOf } from "./show-people.ts";
import type { Happening } from "./write.ts";

/** How far pushes may be abridged; see the options of `startTelegram`. */
export type Manner = { minUsers: boolean; shortUpdates: boolean };

/** One event of a box. The same for a push and for a difference. */
export function showEvent({ pts, count, change }: Event, viewer: Account): Api.TypeUpdate {
  const room = change.kind === "deleted" ? change.room : change.message.room;
  const place = { pts, ptsCount: count };
  if (change.kind === "deleted") {
    const messages = [...change.ids];
    if (room.kind !== "supergroup") return new Api.UpdateDeleteMessages({ messages, ...place });
    return new Api.UpdateDeleteChannelMessages({ channelId: long(room.id), messages, ...place });
  }
  const message = showMessage(change.message, viewer);
  if (change.kind === "edited") {
    if (room.kind === "supergroup") return new Api.UpdateEditChannelMessage({ message, ...place });
    return new Api.UpdateEditMessage({ message, ...place });
  }
  if (room.kind === "supergroup") return new Api.UpdateNewChannelMessage({ message, ...place });
  return new Api.UpdateNewMessage({ message, ...place });
}

/** Updates with everybody they name. Such updates are ordered by pts; their seq is 0, as in Telegram. */
export function updatesFor(
  updates: Api.TypeUpdate[],
  about: { messages?: Message[]; rooms?: Room[]; min?: boolean },
  viewer: Account,
): Api.Updates {
  const { messages = [], ...options } = about;
  return new Api.Updates({ updates, ...namedIn(messages, viewer, options), date: nowSeconds(), seq: 0 });
}

/** What is pushed to an account that may hear of it; null when this account is not told. */
export function pushFor(
  happening: Happening,
  viewer: Account,
  boxEvent: Event | null,
  manner: Manner,
): Api.TypeUpdates | null {
  if (happening.kind === "typing") return happening.by === viewer ? null : showTyping(happening);
  if (happening.kind === "reacted") return showReacted(happening.message, viewer);
  if (happening.kind === "moved") return showMoved(happening.room, viewer);
  if (!boxEvent) return null;
  const { change } = boxEvent;
  const short = change.kind === "new" && manner.shortUpdates ? showShort(change.message, boxEvent, viewer) : null;
  const messages = change.kind === "deleted" ? [] : [change.message];
  const about = { messages, rooms: [happening.room], min: manner.minUsers && happening.room.kind === "supergroup" };
  return short ?? updatesFor([showEvent(boxEvent, viewer)], about, viewer);
}

/** The abridged form that plain texts have in private chats and basic groups. */
function showShort(message: Message, { pts, count }: Event, viewer: Account): Api.TypeUpdates | null {
  const { room, author, text, media, action, entities } = message;
  const namesSomebody = entities.some((entity) => entity instanceof Api.MessageEntityMentionName);
  if (room.kind === "supergroup" || media || action || namesSomebody) return null;
  const common = {
    out: author === viewer,
    mentioned: isMeant(message, viewer),
    id: idFor(message, viewer),
    message: text,
    pts,
    ptsCount: count,
    date: message.atSeconds,
    replyTo: showReply(message, viewer),
    entities: entities.length > 0 ? entities : undefined,
  };
  if (room.kind === "private") {
    return new Api.UpdateShortMessage({ ...given(common), userId: long(otherIn(room, viewer).id) });
  }
  return new Api.UpdateShortChatMessage({ ...given(common), fromId: long(author.id), chatId: long(room.id) });
}

/** Says only that something is different about this group; the client asks what. */
export function showMoved(group: Supergroup, viewer: Account): Api.Updates {
  return updatesFor([new Api.UpdateChannel({ channelId: long(group.id) })], { rooms: [group] }, viewer);
}

/** Reactions move no pts. In a group only the author is told of them; others see them when they read the message again. */
function showReacted(message: Message, viewer: Account): Api.TypeUpdates | null {
  if (message.room.kind !== "private" && message.author !== viewer) return null;
  return updatesFor([showReactionsUpdate(message, viewer)], { messages: [message] }, viewer);
}

export function showReactionsUpdate(message: Message, viewer: Account): Api.UpdateMessageReactions {
  return new Api.UpdateMessageReactions({
    peer: peerOf(message.room, viewer),
    msgId: idFor(message, viewer),
    reactions: showReactions(message, viewer),
  });
}

function showTyping({ room, by, topicId, action }: Extract<Happening, { kind: "typing" }>): Api.UpdateShort {
  const update = () => {
    if (room.kind === "private") return new Api.UpdateUserTyping({ userId: long(by.id), action });
    const fromId = userPeerOf(by);
    if (room.kind === "basic group") return new Api.UpdateChatUserTyping({ chatId: long(room.id), fromId, action });
    const topMsgId = topicId ?? undefined;
    return new Api.UpdateChannelUserTyping(given({ channelId: long(room.id), topMsgId, fromId, action }));
  };
  return new Api.UpdateShort({ update: update(), date: nowSeconds() });
}
