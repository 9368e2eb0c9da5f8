/** Who may be told what. What was said in private never surfaces in a group, whoever asks there. */
import type { Audience, Reader } from "./types.ts";

/** Whether a reader may see a fact of an audience; what a reader may see is put into words once, for very many facts. */
export function readable({ person, isOwner, room }: Reader): (audience: Audience) => boolean {
  const own = room === null ? `person:${person}` : `room:${room}`;
  const isOwnerAlone = isOwner && room === null;
  return (audience) =>
    audience === "public" ||
    audience === own ||
    (isOwnerAlone && (audience === "owner" || audience.startsWith("room:")));
}

/** The same rule as a condition of SQL on the column `audience`; its parameters are those of `audienceParameters`. */
export const audienceCondition = "(audience IN ('public', @one, @other) OR (@rooms = 1 AND audience GLOB 'room:*'))";

export function audienceParameters(reader: Reader): { one: string; other: string; rooms: 0 | 1 } {
  if (reader.room !== null) return { one: `room:${reader.room}`, other: "public", rooms: 0 };
  return { one: `person:${reader.person}`, other: reader.isOwner ? "owner" : "public", rooms: reader.isOwner ? 1 : 0 };
}

/** Somebody who may read what this audience was told, in the place where it may be read. */
export function readerOf(audience: Audience): Reader {
  if (audience.startsWith("room:")) return { person: "", isOwner: false, room: audience.slice("room:".length) };
  if (audience.startsWith("person:")) return { person: audience.slice("person:".length), isOwner: false, room: null };
  return { person: "", isOwner: true, room: null };
}
