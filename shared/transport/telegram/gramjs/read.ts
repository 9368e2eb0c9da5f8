/** What gramjs's objects say, in the words of our port. Pure; of the library only its types are known here. */
import type { Api } from "telegram";
import type { Attachment, Behind, Emphasis, Group, News, Peer, Post, Profile, StoredFile, Update } from "../port.ts";

/** The people and chats that come along with an answer or an update, by `<kind> <id>`. */
export type Known = { get(key: string): Profile | undefined };

/** The library leaves out what is not there as null, though its types say undefined. */
function has<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

export function peerOf(peer: Api.TypePeer): Peer {
  switch (peer.className) {
    case "PeerUser":
      return { kind: "user", id: peer.userId.toString() };
    case "PeerChat":
      return { kind: "chat", id: peer.chatId.toString() };
    case "PeerChannel":
      return { kind: "channel", id: peer.channelId.toString() };
  }
}

export function profileOf(one: Api.TypeUser | Api.TypeChat): (Profile & Pick<Peer, "kind">) | undefined {
  const id = one.id.toString();
  switch (one.className) {
    case "User":
      return {
        kind: "user",
        id,
        username: usernameOf(one),
        name: [one.firstName, one.lastName].filter(Boolean).join(" ") || (one.username ?? id),
      };
    case "Channel":
    case "ChannelForbidden":
      return { kind: "channel", id, username: "username" in one ? usernameOf(one) : null, name: one.title };
    case "Chat":
    case "ChatForbidden":
      return { kind: "chat", id, username: null, name: one.title };
    default:
      return undefined;
  }
}

/** An account may have several usernames; the first active one is what people write. */
function usernameOf(one: { username?: string; usernames?: Api.TypeUsername[] }): string | null {
  return one.username ?? one.usernames?.find(({ active }) => active)?.username ?? null;
}

/** A group that one can be in and write to; undefined for channels, for what is closed to us, and for a group that moved on. */
export function groupOf(chat: Api.TypeChat, pts: number): Group | undefined {
  const id = chat.id.toString();
  if (chat.className === "Chat" && !has(chat.migratedTo) && chat.left !== true) {
    return { kind: "chat", id, title: chat.title, username: null, pts };
  }
  if (chat.className === "Channel" && chat.megagroup === true && chat.left !== true) {
    return { kind: "channel", id, title: chat.title, username: usernameOf(chat), pts };
  }
  return undefined;
}

export function postOf(message: Api.TypeMessage, known: Known, self: string): Post | undefined {
  if (message.className === "MessageEmpty") return undefined;
  const peer = peerOf(message.peerId);
  const out = message.out === true;
  const from = has(message.fromId) ? peerOf(message.fromId) : undefined;
  // In a private chat nobody is named: it is the person, or oneself. In a group it is an anonymous administrator.
  const author = from ?? (peer.kind === "user" && out ? ({ kind: "user", id: self } as const) : peer);
  const common = {
    id: message.id,
    peer,
    from: knownAs(author, known),
    out,
    saidAt: message.date * 1_000,
    reply: replyOf(message.replyTo),
    forwarded: undefined,
  };
  if (message.className === "MessageService") {
    return { ...common, text: "", emphasis: [], album: undefined, attachment: undefined, service: true };
  }
  return {
    ...common,
    forwarded: forwardedOf(message.fwdFrom, author, known),
    text: message.message,
    emphasis: (message.entities ?? []).flatMap((entity) => emphasisOf(entity) ?? []),
    album: message.groupedId?.toString(),
    attachment: attachmentOf(message.media),
    service: false,
  };
}

function knownAs(peer: Peer, known: Known): Profile & Pick<Peer, "kind"> {
  const profile = known.get(`${peer.kind} ${peer.id}`);
  return { kind: peer.kind, id: peer.id, username: profile?.username ?? null, name: profile?.name ?? peer.id };
}

/** What somebody sends on of their own words stays their own. */
function forwardedOf(
  header: Api.TypeMessageFwdHeader | null | undefined,
  author: Peer,
  known: Known,
): string | undefined {
  if (!has(header)) return undefined;
  const from = has(header.fromId) ? peerOf(header.fromId) : undefined;
  if (from?.kind === author.kind && from.id === author.id) return undefined;
  return header.fromName ?? (from === undefined ? "somebody" : knownAs(from, known).name);
}

function replyOf(reply: Api.TypeMessageReplyHeader | null | undefined): Post["reply"] {
  // An answer to what was said in another chat answers nothing here.
  if (!has(reply) || reply.className !== "MessageReplyHeader" || has(reply.replyToPeerId)) return undefined;
  return {
    to: reply.replyToMsgId ?? undefined,
    top: reply.replyToTopId ?? undefined,
    forum: reply.forumTopic === true,
  };
}

function emphasisOf(entity: Api.TypeMessageEntity): Emphasis | undefined {
  const { offset, length } = entity;
  switch (entity.className) {
    case "MessageEntityTextUrl":
      return { offset, length, kind: "link", url: entity.url };
    case "MessageEntityPre":
      return { offset, length, kind: "pre", language: entity.language };
    case "MessageEntityMentionName":
      return { offset, length, kind: "mention", user: entity.userId.toString() };
    default:
      return undefined;
  }
}

function attachmentOf(media: Api.TypeMessageMedia | undefined): Attachment | undefined {
  if (!has(media)) return undefined;
  const bare = (kind: Attachment["kind"], label = ""): Attachment => ({ kind, label, file: undefined });
  switch (media.className) {
    case "MessageMediaPhoto":
      return { kind: "photo", label: "", file: photoOf(media) };
    case "MessageMediaDocument":
      return documentOf(media);
    case "MessageMediaGeo":
    case "MessageMediaGeoLive":
    case "MessageMediaVenue":
      return bare("location");
    case "MessageMediaContact":
      return bare("contact");
    case "MessageMediaPoll":
      return bare("poll", media.poll.question.text);
    case "MessageMediaEmpty":
    // A preview of a link is no attachment.
    case "MessageMediaWebPage":
      return undefined;
    default:
      return bare("other");
  }
}

/** The largest size that Telegram keeps of a photo. */
function photoOf({ photo }: Api.MessageMediaPhoto): StoredFile | undefined {
  if (photo?.className !== "Photo") return undefined;
  const sizes = photo.sizes.flatMap((size) => {
    if (size.className === "PhotoSize") return [{ type: size.type, bytes: size.size }];
    if (size.className === "PhotoSizeProgressive") return [{ type: size.type, bytes: Math.max(0, ...size.sizes) }];
    return [];
  });
  const largest = sizes.sort((a, b) => b.bytes - a.bytes)[0];
  if (largest === undefined) return undefined;
  const common = { kind: "photo", size: largest.type, bytes: largest.bytes, mimeType: "image/jpeg" } as const;
  return { ...common, ...storedAs(photo) };
}

function storedAs(file: Api.Photo | Api.Document) {
  return {
    id: file.id.toString(),
    accessHash: file.accessHash.toString(),
    reference: Buffer.from(file.fileReference).toString("base64"),
    dcId: file.dcId,
  };
}

function documentOf({ document, voice }: Api.MessageMediaDocument): Attachment {
  const attributes = document?.className === "Document" ? document.attributes : [];
  const file: StoredFile | undefined =
    document?.className === "Document"
      ? { kind: "document", size: "", bytes: Number(document.size), mimeType: document.mimeType, ...storedAs(document) }
      : undefined;
  let found: Attachment = { kind: "file", label: "", file };
  for (const attribute of attributes) {
    if (attribute.className === "DocumentAttributeSticker") return { kind: "sticker", label: attribute.alt, file };
    if (attribute.className === "DocumentAttributeFilename") found = { ...found, label: attribute.fileName };
    if (attribute.className === "DocumentAttributeVideo") found = { ...found, kind: "video" };
    if (attribute.className === "DocumentAttributeAudio") {
      if (attribute.voice === true) return { kind: "voice", label: `${attribute.duration} s`, file };
      found = { ...found, kind: "audio" };
    }
  }
  return voice === true ? { kind: "voice", label: "", file } : found;
}

/** Short forms carry a whole message of a private chat or a basic group in few words. */
export type Pushed = Api.TypeUpdate | Api.TypeUpdates;

/** What a pushed update tells; undefined when it is of no interest and counts nowhere. */
export function updateOf(update: Pushed, known: Known, self: string): Update | Behind | undefined {
  const at = (box: string, counted: { pts: number; ptsCount: number }, news: News): Update => ({
    box,
    pts: counted.pts,
    count: counted.ptsCount,
    news,
  });
  const told = (kind: "posted" | "edited", message: Api.TypeMessage): News => {
    const post = postOf(message, known, self);
    return post === undefined ? { kind: "other" } : { kind, post };
  };
  switch (update.className) {
    case "UpdatesTooLong":
      return { behind: "" };
    case "UpdateChannelTooLong":
      return { behind: update.channelId.toString() };
    case "UpdateNewMessage":
      return at("", update, told("posted", update.message));
    case "UpdateEditMessage":
      return at("", update, told("edited", update.message));
    case "UpdateNewChannelMessage":
      return at(channelIdOf(update.message), update, told("posted", update.message));
    case "UpdateEditChannelMessage": {
      // An edit that only changes reactions or buttons is hidden from people, and changes no text.
      const hidden = update.message.className === "Message" && update.message.editHide === true;
      return at(channelIdOf(update.message), update, hidden ? { kind: "other" } : told("edited", update.message));
    }
    case "UpdateDeleteMessages":
      return at("", update, { kind: "deleted", channel: undefined, ids: update.messages });
    case "UpdateDeleteChannelMessages": {
      const channel = update.channelId.toString();
      return at(channel, update, { kind: "deleted", channel, ids: update.messages });
    }
    case "UpdateMessageReactions":
      return { box: boxOfPeer(update.peer), pts: 0, count: undefined, news: reactedOf(update, known) };
    case "UpdateShortMessage":
      return at("", update, { kind: "posted", post: shortOf(update, known, self) });
    default:
      return countedOf(update, at);
  }
}

/** An update that says nothing to us may count all the same. */
function countedOf(
  update: Pushed,
  at: (box: string, counted: { pts: number; ptsCount: number }, news: News) => Update,
) {
  if (!("pts" in update && "ptsCount" in update)) return undefined;
  const { pts, ptsCount } = update;
  if (typeof pts !== "number" || typeof ptsCount !== "number") return undefined;
  const channel = "channelId" in update ? update.channelId.toString() : "";
  return at(channel, { pts, ptsCount }, { kind: "other" });
}

function channelIdOf(message: Api.TypeMessage): string {
  return message.peerId?.className === "PeerChannel" ? message.peerId.channelId.toString() : "";
}

function boxOfPeer(peer: Api.TypePeer): string {
  return peer.className === "PeerChannel" ? peer.channelId.toString() : "";
}

function reactedOf({ peer, msgId, reactions }: Api.UpdateMessageReactions, known: Known): News {
  const recent = reactions.className === "MessageReactions" ? (reactions.recentReactions ?? []) : [];
  return {
    kind: "reacted",
    peer: peerOf(peer),
    id: msgId,
    reactions: recent.flatMap(({ peerId, reaction }) =>
      reaction.className === "ReactionEmoji" ? [{ by: knownAs(peerOf(peerId), known), emoji: reaction.emoticon }] : [],
    ),
  };
}

function shortOf(update: Api.UpdateShortMessage, known: Known, self: string): Post {
  const peer = { kind: "user", id: update.userId.toString() } as const;
  const out = update.out === true;
  return {
    id: update.id,
    peer,
    from: knownAs(out ? { kind: "user", id: self } : peer, known),
    out,
    saidAt: update.date * 1_000,
    forwarded: forwardedOf(update.fwdFrom, out ? { kind: "user", id: self } : peer, known),
    text: update.message,
    emphasis: (update.entities ?? []).flatMap((entity) => emphasisOf(entity) ?? []),
    reply: replyOf(update.replyTo),
    album: undefined,
    attachment: undefined,
    service: false,
  };
}
