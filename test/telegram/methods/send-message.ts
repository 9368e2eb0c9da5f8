/** Sending a text. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { given } from "../wire/tl.ts";
import { idFor, type Message } from "../world/model.ts";
import { type Call, method } from "./method.ts";
import { roomOf } from "./peers.ts";
import { entitiesFrom, mayWrite, newsOf, replyIn, write, writtenUpdates } from "./writing.ts";

const textMax = 4096;

export const sendMessage = method(Api.messages.SendMessage, (call, query) => {
  const room = roomOf(call, query.peer);
  const randomId = mayWrite(call, room, query.randomId);
  const text = query.message;
  if (text === "") refuse(400, "MESSAGE_EMPTY");
  if (text.length > textMax) refuse(400, "MESSAGE_TOO_LONG");
  const entities = entitiesFrom(call, query.entities);
  const message = write(call, { room, text, entities, randomId, ...replyIn(call, room, query.replyTo) });
  return room.kind === "private" ? showSent(call, message) : writtenUpdates(call, [message]);
});

/** The abridged answer to a text in a private chat. */
function showSent({ account }: Call, message: Message): Api.UpdateShortSentMessage {
  const { pts, count } = newsOf(message, account);
  const entities = message.entities.length > 0 ? message.entities : undefined;
  const fields = { out: true, id: idFor(message, account), pts, ptsCount: count, date: message.atSeconds, entities };
  return new Api.UpdateShortSentMessage(given(fields));
}
