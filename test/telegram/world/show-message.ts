/** A message as one account sees it: its own number for it, its own side of a reply, whether it is meant. */
import { Api } from "telegram";
import { given, long } from "../wire/tl.ts";
import { type Account, generalTopicId, idFor, type Message, type Room, type StoredFile } from "./model.ts";
import { accessHashFor, peerOf, showAccount, showGroup, userPeerOf } from "./show-people.ts";

export function showMessage(message: Message, viewer: Account): Api.TypeMessage {
  const id = idFor(message, viewer);
  if (message.isDeleted) return new Api.MessageEmpty({ id });
  const isOut = message.author === viewer;
  const common = {
    out: isOut,
    id,
    // Somebody else's private message says by its room alone who wrote it.
    fromId: message.room.kind === "private" && !isOut ? undefined : userPeerOf(message.author),
    peerId: peerOf(message.room, viewer),
    replyTo: showReply(message, viewer),
    date: message.atSeconds,
  };
  if (message.action) return new Api.MessageService({ ...common, action: message.action });
  return new Api.Message({
    ...common,
    mentioned: isMeant(message, viewer),
    message: message.text,
    fwdFrom:
      message.forwardedFrom === null
        ? undefined
        : new Api.MessageFwdHeader({ fromId: userPeerOf(message.forwardedFrom), date: message.atSeconds }),
    media: message.media ? showFile(message.media, viewer) : undefined,
    entities: message.entities.length > 0 ? message.entities : undefined,
    editDate: message.editedAtSeconds ?? undefined,
    reactions: message.reactions.size > 0 ? showReactions(message, viewer) : undefined,
    groupedId: message.albumId === null ? undefined : long(message.albumId),
  });
}

/**
 * In a forum the header names the topic even of a message that answers none; the general topic is named by nothing. In
 * an ordinary supergroup it names the first message of the thread as well, when that is another one.
 */
export function showReply(message: Message, viewer: Account): Api.MessageReplyHeader | undefined {
  const { replyTo, topicId, room, quote } = message;
  const topic = room.kind === "supergroup" && room.isForum && topicId !== generalTopicId ? topicId : null;
  if (!replyTo) {
    if (topic === null || message.action) return undefined;
    return new Api.MessageReplyHeader({ forumTopic: true, replyToMsgId: topic });
  }
  const replyToMsgId = idFor(replyTo, viewer);
  const root = room.kind === "supergroup" && !room.isForum ? idFor(rootOf(replyTo), viewer) : topic;
  const header = {
    forumTopic: topic === null ? undefined : true,
    replyToMsgId,
    replyToTopId: root === null || root === replyToMsgId ? undefined : root,
    quote: quote === null ? undefined : true,
    quoteText: quote ?? undefined,
  };
  return new Api.MessageReplyHeader(given(header));
}

function rootOf(message: Message): Message {
  return message.replyTo ? rootOf(message.replyTo) : message;
}

/** Whether an account is addressed: by @name, by a mention that carries its id, or by a reply to what it wrote. */
export function isMeant({ author, replyTo, entities, text }: Message, viewer: Account): boolean {
  if (author === viewer) return false;
  if (replyTo?.author === viewer) return true;
  return entities.some((entity) => {
    if (entity instanceof Api.MessageEntityMentionName) return entity.userId.eq(viewer.id);
    if (!(entity instanceof Api.MessageEntityMention)) return false;
    const name = text.slice(entity.offset + 1, entity.offset + entity.length);
    return name.toLowerCase() === viewer.username?.toLowerCase();
  });
}

export function showReactions({ reactions }: Message, viewer: Account): Api.MessageReactions {
  const each = [...reactions].flatMap(([by, list]) => list.map((emoticon) => ({ by, emoticon })));
  const results = [...new Set(each.map(({ emoticon }) => emoticon))].map((emoticon) => {
    const same = each.filter((one) => one.emoticon === emoticon);
    const chosenOrder = same.some(({ by }) => by === viewer) ? 0 : undefined;
    const reaction = new Api.ReactionEmoji({ emoticon });
    return new Api.ReactionCount(given({ chosenOrder, reaction, count: same.length }));
  });
  const recentReactions = each.map(({ by, emoticon }) => {
    const reaction = new Api.ReactionEmoji({ emoticon });
    return new Api.MessagePeerReaction({ my: by === viewer, peerId: userPeerOf(by), date: 0, reaction });
  });
  return new Api.MessageReactions({ canSeeList: true, results, recentReactions });
}

export function showFile(file: StoredFile, viewer: Account): Api.TypeMessageMedia {
  const common = {
    id: long(file.id),
    accessHash: accessHashFor(viewer, "file", file.id),
    fileReference: file.reference,
    date: file.atSeconds,
    dcId: file.dcId,
  };
  if (file.kind === "photo") {
    const sizes = [new Api.PhotoSize({ type: "x", w: 640, h: 480, size: file.bytes.length })];
    return new Api.MessageMediaPhoto({ photo: new Api.Photo({ ...common, sizes }) });
  }
  const { mimeType, attributes } = file;
  const document = new Api.Document({ ...common, mimeType, attributes, size: long(file.bytes.length) });
  return new Api.MessageMediaDocument({ voice: file.kind === "voice", document });
}

/** Who and what messages speak of, as it must come with them. */
export function namedIn(messages: Iterable<Message>, viewer: Account, options: { min?: boolean; rooms?: Room[] } = {}) {
  const accounts = new Set<Account>();
  const rooms = new Set<Room>(options.rooms);
  for (const { author, forwardedFrom, room } of messages) {
    accounts.add(author);
    if (forwardedFrom !== null) accounts.add(forwardedFrom);
    rooms.add(room);
  }
  const groups = [...rooms].filter((room) => room.kind !== "private");
  for (const room of rooms) if (room.kind === "private") for (const member of room.members) accounts.add(member);
  return {
    users: [...accounts].map((account) => showAccount(account, viewer, options)),
    chats: groups.map((group) => showGroup(group, viewer)),
  };
}
