/** Files up, in parts, and down, in pieces, from the data centre that keeps them. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { accessHashFor } from "../world/show-people.ts";
import { method } from "./method.ts";

export const saveFilePart = method(Api.upload.SaveFilePart, ({ uploads, account }, { fileId, filePart, bytes }) => {
  uploads.save(account, fileId.toString(), filePart, bytes);
  return true;
});

export const saveBigFilePart = method(
  Api.upload.SaveBigFilePart,
  ({ uploads, account }, { fileId, filePart, bytes }) => {
    uploads.save(account, fileId.toString(), filePart, bytes);
    return true;
  },
);

const alignmentBytes = 4096;
const pieceBytesMax = 1024 * 1024;

export const getFile = method(Api.upload.GetFile, ({ world, account, connection }, { location, offset, limit }) => {
  const isKnown = location instanceof Api.InputDocumentFileLocation || location instanceof Api.InputPhotoFileLocation;
  if (!isKnown) return refuse(400, "LOCATION_INVALID");
  const file = world.files.get(location.id.toString()) ?? refuse(400, "LOCATION_INVALID");
  if (!location.accessHash.eq(accessHashFor(account, "file", file.id))) refuse(400, "FILE_ID_INVALID");
  if (!file.reference.equals(location.fileReference)) refuse(400, "FILE_REFERENCE_EXPIRED");
  if (file.dcId !== connection.dcId) refuse(303, `FILE_MIGRATE_${file.dcId}`);
  const from = Number(offset);
  if (from % alignmentBytes !== 0) refuse(400, "OFFSET_INVALID");
  if (limit % alignmentBytes !== 0 || pieceBytesMax % limit !== 0) refuse(400, "LIMIT_INVALID");
  const bytes = file.bytes.subarray(from, from + limit);
  return new Api.upload.File({ type: new Api.storage.FileUnknown(), mtime: file.atSeconds, bytes });
});
