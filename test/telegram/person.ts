/** Somebody who writes and listens in the world without a client: what happens reaches the clients like anything else. */
import { Api } from "telegram";
import { describe, type Match, matches } from "./match.ts";
import type { Wait, Waiting } from "./waiting.ts";
import { long } from "./wire/tl.ts";
import { type Account, generalTopicId, type Message, type Room, type Supergroup, type Topic } from "./world/model.ts";
import type { World } from "./world/world.ts";
import { type Draft, freshAlbumId } from "./world/write.ts";

/** Where to write: a room, or the private chat with somebody. */
export type Place = Room | Account;

export type Saying = {
  replyTo?: Message;
  topic?: Topic;
  /** Words of the text that mean these accounts, as people without a username are mentioned. */
  mentions?: Record<string, Account>;
};

export type Person = {
  readonly account: Account;
  say(place: Place, text: string, saying?: Saying): Message;
  /** Passes on what was written elsewhere. */
  forward(place: Place, from: Account, text: string): Message;
  edit(message: Message, text: string): void;
  /** All in one room. */
  remove(...messages: Message[]): void;
  /** No emoji takes the reaction back. */
  react(message: Message, ...emoji: string[]): void;
  sendPhoto(place: Place, caption?: string, saying?: Saying): Message;
  sendVoice(place: Place, bytes?: Buffer, saying?: Saying): Message;
  sendFile(place: Place, file: { name: string; bytes: Buffer; mimeType?: string }, caption?: string): Message;
  /** Photos that belong together; the caption stands on the first. */
  sendAlbum(place: Place, photos: number, caption?: string, saying?: Saying): Message[];
  openTopic(forum: Supergroup, title: string): Topic;
  type(place: Place): void;
  join(group: Supergroup): void;
  leave(group: Supergroup): void;
  /** Puts somebody out of a supergroup. */
  expel(group: Supergroup, account: Account): void;
  /** The first message there that matches, now or later; 10 s are waited unless told otherwise. */
  hears(place: Place, match: Match, wait?: Wait): Promise<Message>;
};

/** Bytes that begin like a JPEG and like an Ogg file; nobody here looks further. */
const photoBytes = Buffer.concat([Buffer.from("ffd8ffe000104a464946", "hex"), Buffer.alloc(2000, "photo")]);
const voiceBytes = Buffer.concat([Buffer.from("OggS"), Buffer.alloc(3000, "voice")]);
const voiceSeconds = 3;

export function createPerson(account: Account, { world, waiting }: { world: World; waiting: Waiting }): Person {
  const roomAt = (place: Place) => ("kind" in place ? place : world.privateChat(account, place));

  function write(place: Place, { replyTo, topic, mentions = {} }: Saying, draft: Partial<Draft>): Message {
    const room = roomAt(place);
    const general = room.kind === "supergroup" && room.isForum ? generalTopicId : null;
    const topicId = topic?.id ?? replyTo?.topicId ?? general;
    const entities = Object.entries(mentions).map(([name, { id }]) => {
      const offset = (draft.text ?? "").indexOf(name);
      return new Api.MessageEntityMentionName({ offset, length: name.length, userId: long(id) });
    });
    return world.post({ ...draft, room, author: account, replyTo: replyTo ?? null, topicId, entities });
  }

  function addPhoto() {
    return world.addFile({ kind: "photo", bytes: photoBytes, mimeType: "image/jpeg" });
  }

  function expel(group: Supergroup, expelled: Account): void {
    world.move(group, expelled, "out");
    const action = new Api.MessageActionChatDeleteUser({ userId: long(expelled.id) });
    world.post({ room: group, author: account, action });
  }

  return {
    account,
    say: (place, text, saying = {}) => write(place, saying, { text }),
    forward: (place, from, text) => write(place, {}, { text, forwardedFrom: from }),
    edit: (message, text) => world.edit(message, text),
    remove: (...messages) => world.remove(messages),
    react: (message, ...emoji) => world.react(message, account, emoji),
    sendPhoto: (place, text = "", saying = {}) => write(place, saying, { text, media: addPhoto() }),
    sendVoice(place, bytes = voiceBytes, saying = {}) {
      const waveform = Buffer.alloc(8);
      const attributes = [new Api.DocumentAttributeAudio({ voice: true, duration: voiceSeconds, waveform })];
      return write(place, saying, {
        media: world.addFile({ kind: "voice", bytes, mimeType: "audio/ogg", attributes }),
      });
    },
    sendFile(place, { name, bytes, mimeType = "application/octet-stream" }, text = "") {
      const attributes = [new Api.DocumentAttributeFilename({ fileName: name })];
      return write(place, {}, { text, media: world.addFile({ kind: "document", bytes, mimeType, attributes }) });
    },
    sendAlbum(place, photos, caption = "", saying = {}) {
      const albumId = freshAlbumId();
      const parts = Array.from({ length: photos }, (_, at) => ({ text: at === 0 ? caption : "", albumId }));
      return parts.map((part) => write(place, saying, { ...part, media: addPhoto() }));
    },
    openTopic(forum, title) {
      const action = new Api.MessageActionTopicCreate({ title, iconColor: 0x6fb9f0 });
      return world.addTopic(world.post({ room: forum, author: account, action }), title);
    },
    type(place) {
      const action = new Api.SendMessageTypingAction();
      world.typing({ room: roomAt(place), by: account, topicId: null, action });
    },
    join(group) {
      world.move(group, account, "in");
      const action = new Api.MessageActionChatJoinedByLink({ inviterId: long(group.creator.id) });
      world.post({ room: group, author: account, action });
    },
    leave: (group) => expel(group, account),
    expel,
    hears(place, match, wait) {
      const room = roomAt(place);
      const look = () => world.messages.find((message) => message.room === room && matches(message, match));
      return waiting.until(describe(match), look, wait);
    },
  };
}
