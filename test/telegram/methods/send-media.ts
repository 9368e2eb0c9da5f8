/** Sending files, alone or as an album. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import type { StoredFile } from "../world/model.ts";
import { showFile } from "../world/show-message.ts";
import { freshAlbumId } from "../world/write.ts";
import { type Call, method } from "./method.ts";
import { roomOf } from "./peers.ts";
import { entitiesFrom, mayWrite, replyIn, write, writtenUpdates } from "./writing.ts";

const albumMax = 10;

export const sendMedia = method(Api.messages.SendMedia, (call, query) => {
  const room = roomOf(call, query.peer);
  const randomId = mayWrite(call, room, query.randomId);
  const media = fileIn(call, query.media);
  const entities = entitiesFrom(call, query.entities);
  const reply = replyIn(call, room, query.replyTo);
  return writtenUpdates(call, [write(call, { room, text: query.message, entities, media, randomId, ...reply })]);
});

export const sendMultiMedia = method(Api.messages.SendMultiMedia, (call, query) => {
  const room = roomOf(call, query.peer);
  if (query.multiMedia.length > albumMax) refuse(400, "MULTI_MEDIA_TOO_LONG");
  const albumId = freshAlbumId();
  const parts = query.multiMedia.map(({ media, message: text, entities, randomId }) => {
    const draft = { media: fileIn(call, media), text, entities: entitiesFrom(call, entities) };
    return { ...draft, randomId: mayWrite(call, room, randomId) };
  });
  const reply = replyIn(call, room, query.replyTo);
  return writtenUpdates(
    call,
    parts.map((part) => write(call, { ...part, room, albumId, ...reply })),
  );
});

/** How a client learns the id of a file that it wants in an album. */
export const uploadMedia = method(Api.messages.UploadMedia, (call, { media }) => {
  return showFile(fileIn(call, media), call.account);
});

function fileIn(call: Call, media: Api.TypeInputMedia): StoredFile {
  const { world, uploads } = call;
  if (media instanceof Api.InputMediaPhoto || media instanceof Api.InputMediaDocument) {
    const id = "id" in media.id ? media.id.id.toString() : "";
    return world.files.get(id) ?? refuse(400, "MEDIA_INVALID");
  }
  const isPhoto = media instanceof Api.InputMediaUploadedPhoto;
  if (!isPhoto && !(media instanceof Api.InputMediaUploadedDocument)) return refuse(400, "MEDIA_INVALID");
  const bytes = uploads.take(call.account, media.file) ?? refuse(400, "FILE_PARTS_INVALID");
  const { dcId } = call.account;
  if (isPhoto) return world.addFile({ kind: "photo", bytes, mimeType: "image/jpeg", dcId });
  const { mimeType, attributes } = media;
  const isVoice = attributes.some((one) => one instanceof Api.DocumentAttributeAudio && one.voice);
  return world.addFile({ kind: isVoice ? "voice" : "document", bytes, mimeType, attributes, dcId });
}
