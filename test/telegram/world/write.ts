/** What can happen in the world. Each act changes the boxes it concerns and tells everybody who listens. */
import { randomBytes } from "node:crypto";
import type { Api } from "telegram";
import { entitiesIn } from "./entities.ts";
import {
  type Account,
  type Box,
  boxFor,
  type Change,
  type Event,
  generalTopicId,
  type Message,
  nowSeconds,
  type Room,
  type Supergroup,
  type Topic,
} from "./model.ts";

export type Draft = {
  room: Room;
  author: Account;
  text?: string;
  replyTo?: Message | null;
  quote?: string | null;
  forwardedFrom?: Account | null;
  topicId?: number | null;
  randomId?: string;
  media?: Message["media"];
  albumId?: string;
  entities?: Api.TypeMessageEntity[];
  action?: Api.TypeMessageAction;
};

/** What listeners are told. Only what moved a box can be asked for again later. */
export type Happening =
  | { kind: "recorded"; room: Room; events: ReadonlyMap<Box, Event> }
  | { kind: "reacted"; message: Message; by: Account }
  /** Somebody came into a supergroup or is no longer in it. */
  | { kind: "moved"; room: Supergroup; who: Account }
  | { kind: "typing"; room: Room; by: Account; topicId: number | null; action: Api.TypeSendMessageAction };

/** The session that caused it, which learns of it by its answer. A person without a client has none. */
export type Origin = object | null;

export type Writing = {
  /** Every message there ever was, in order; deleted ones too. */
  readonly messages: readonly Message[];
  post(draft: Draft, origin?: Origin): Message;
  edit(message: Message, text: string, entities?: Api.TypeMessageEntity[], origin?: Origin): void;
  /** All in one room. */
  remove(messages: readonly Message[], origin?: Origin): void;
  /** No emoji takes the reaction back. */
  react(message: Message, by: Account, emoji: readonly string[], origin?: Origin): void;
  typing(happening: Omit<Extract<Happening, { kind: "typing" }>, "kind">): void;
  move(group: Supergroup, who: Account, direction: "in" | "out", origin?: Origin): void;
  addTopic(message: Message, title: string): Topic;
  listen(hear: (happening: Happening, origin: Origin) => void): () => void;
};

export function createWriting(): Writing {
  const messages: Message[] = [];
  const listeners = new Set<(happening: Happening, origin: Origin) => void>();
  const tell = (happening: Happening, origin: Origin) => {
    for (const hear of listeners) hear(happening, origin);
  };

  /** Records one change in each box that concerns it and tells. */
  function record(room: Room, changeIn: (box: Box) => Change, origin: Origin): void {
    const events = new Map<Box, Event>();
    for (const box of boxesOf(room)) {
      const change = changeIn(box);
      const count = change.kind === "deleted" ? change.ids.length : 1;
      box.pts += count;
      const event = { pts: box.pts, count, atSeconds: nowSeconds(), change };
      box.events.push(event);
      events.set(box, event);
    }
    tell({ kind: "recorded", room, events }, origin);
  }

  return {
    messages,
    post(draft, origin = null) {
      const { room, author, text = "", topicId = null } = draft;
      const ids = new Map(boxesOf(room).map((box) => [box, box.nextId++]));
      const message: Message = {
        number: messages.length + 1,
        room,
        author,
        text,
        earlierTexts: [],
        // A topic is named by the message that opened it.
        topicId: draft.action?.className === "MessageActionTopicCreate" ? soleId(ids) : topicId,
        replyTo: draft.replyTo ?? null,
        quote: draft.quote ?? null,
        forwardedFrom: draft.forwardedFrom ?? null,
        randomId: draft.randomId ?? null,
        media: draft.media ?? null,
        albumId: draft.albumId ?? null,
        action: draft.action ?? null,
        entities: entitiesIn(text, draft.entities),
        reactions: new Map(),
        isDeleted: false,
        atSeconds: nowSeconds(),
        editedAtSeconds: null,
        ids,
      };
      messages.push(message);
      for (const [box, id] of ids) box.messages.set(id, message);
      for (const member of room.members) member.rooms.add(room);
      if (room.kind === "supergroup") advanceTopic(room, message);
      record(room, () => ({ kind: "new", message }), origin);
      return message;
    },
    edit(message, text, entities, origin = null) {
      message.earlierTexts.push(message.text);
      message.text = text;
      message.entities = entitiesIn(text, entities);
      message.editedAtSeconds = nowSeconds();
      record(message.room, () => ({ kind: "edited", message }), origin);
    },
    remove(removed, origin = null) {
      const standing = removed.filter((message) => !message.isDeleted);
      const room = standing[0]?.room;
      if (!room) return;
      for (const message of standing) message.isDeleted = true;
      const idsIn = (box: Box) => standing.map((message) => message.ids.get(box)).filter((id) => id !== undefined);
      record(room, (box) => ({ kind: "deleted", room, ids: idsIn(box) }), origin);
    },
    react(message, by, emoji, origin = null) {
      if (emoji.length > 0) message.reactions.set(by, emoji);
      else message.reactions.delete(by);
      tell({ kind: "reacted", message, by }, origin);
    },
    typing: (happening) => tell({ kind: "typing", ...happening }, null),
    move(group, who, direction, origin = null) {
      if (direction === "in") {
        group.members.add(who);
        who.rooms.add(group);
      } else {
        group.members.delete(who);
        who.rooms.delete(group);
      }
      tell({ kind: "moved", room: group, who }, origin);
    },
    addTopic(message, title) {
      const { room, author: creator } = message;
      if (room.kind !== "supergroup" || !room.isForum) throw new Error("only a forum has topics");
      const id = soleId(message.ids);
      const topic = { id, title, creator, topMessageId: id };
      room.topics.set(id, topic);
      return topic;
    },
    listen(hear) {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
  };
}

/** A number for the parts of one album. */
export function freshAlbumId(): string {
  return (randomBytes(8).readBigUInt64LE() >> 1n).toString();
}

function boxesOf(room: Room): Box[] {
  return room.kind === "supergroup" ? [room.box] : [...room.members].map((member) => boxFor(room, member));
}

function soleId(ids: ReadonlyMap<Box, number>): number {
  const [id] = ids.values();
  if (id === undefined) throw new Error("a message stands in at least one box");
  return id;
}

function advanceTopic(group: Supergroup, message: Message): void {
  const topic = group.topics.get(message.topicId ?? generalTopicId);
  if (topic) topic.topMessageId = soleId(message.ids);
}
