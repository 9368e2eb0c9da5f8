/** What all ways of writing have in common: may it be written, what does it answer, how is the author told. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { type Long, long } from "../wire/tl.ts";
import { type Account, boxFor, generalTopicId, idFor, type Message, type Room } from "../world/model.ts";
import { showEvent, updatesFor } from "../world/show-update.ts";
import type { Draft } from "../world/write.ts";
import type { Call } from "./method.ts";
import { accountOf } from "./peers.ts";

/** Refuses what may not be written; the same random id a second time first of all. */
export function mayWrite({ account }: Call, room: Room, randomId: Long | undefined): string {
  const name = randomId?.toString() ?? "0";
  if (name === "0") refuse(400, "RANDOM_ID_EMPTY");
  if (account.sent.has(name)) refuse(500, "RANDOM_ID_DUPLICATE");
  if (room.kind !== "supergroup") return name;
  if (room.muted.has(account)) refuse(400, "USER_BANNED_IN_CHANNEL");
  const waitSeconds = slowModeLeftSeconds(room.lastWroteMs.get(account), room.slowModeSeconds);
  if (waitSeconds > 0) refuse(420, `SLOWMODE_WAIT_${waitSeconds}`);
  return name;
}

function slowModeLeftSeconds(lastWroteMs: number | undefined, slowModeSeconds: number): number {
  return lastWroteMs === undefined ? 0 : Math.ceil(lastWroteMs / 1000 + slowModeSeconds - Date.now() / 1000);
}

export function write({ world, account, session }: Call, draft: Omit<Draft, "author">): Message {
  const { room, randomId } = draft;
  const message = world.post({ ...draft, author: account }, session);
  if (randomId !== undefined) account.sent.set(randomId, message);
  if (room.kind === "supergroup") room.lastWroteMs.set(account, Date.now());
  return message;
}

/** What a message answers and which topic that puts it in. A reply to what is not there is no reply, as in Telegram. */
export function replyIn(call: Call, room: Room, replyTo: Api.TypeInputReplyTo | undefined) {
  const isForum = room.kind === "supergroup" && room.isForum;
  const general = isForum ? generalTopicId : null;
  if (!(replyTo instanceof Api.InputReplyToMessage)) return { replyTo: null, topicId: general };
  const { replyToMsgId, topMsgId, quoteText } = replyTo;
  const topicId = [topMsgId, replyToMsgId].find((id) => isForum && id !== undefined && room.topics.has(id)) ?? null;
  const target = boxFor(room, call.account).messages.get(replyToMsgId);
  const isTopicItself = isForum && room.topics.has(replyToMsgId) && replyToMsgId !== generalTopicId;
  if (target?.room !== room || target.isDeleted || isTopicItself) return { replyTo: null, topicId: topicId ?? general };
  return { replyTo: target, topicId: isForum ? (target.topicId ?? general) : null, quote: quoteText ?? null };
}

export function entitiesFrom(
  call: Call,
  entities: readonly Api.TypeMessageEntity[] | undefined,
): Api.TypeMessageEntity[] {
  return (entities ?? []).map((entity) => {
    if (!(entity instanceof Api.InputMessageEntityMentionName)) return entity;
    const { offset, length, userId } = entity;
    return new Api.MessageEntityMentionName({ offset, length, userId: long(accountOf(call, userId).id) });
  });
}

/** The events of some messages as their author learns of them, with the number that each random id got. */
export function writtenUpdates(call: Call, messages: readonly Message[]): Api.Updates {
  const { account } = call;
  const numbers = messages.map((message) => {
    return new Api.UpdateMessageID({ id: idFor(message, account), randomId: long(message.randomId ?? 0) });
  });
  const events = messages.map((message) => newsOf(message, account));
  const shown = events.map((event) => showEvent(event, account));
  return updatesFor([...numbers, ...shown], { messages: [...messages] }, account);
}

/** The latest event of a message in the box that an account reads it from. */
export function newsOf(message: Message, account: Account) {
  const { events } = boxFor(message.room, account);
  const event = events.findLast(({ change }) => change.kind !== "deleted" && change.message === message);
  if (!event) throw new Error(`nothing ever happened to message ${message.number}`);
  return event;
}
