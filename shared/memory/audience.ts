/** Who may be told what. What was said in private never surfaces in a group, whoever asks there. */
import type { Audience, Reader } from "./types.ts";

/** The audiences that a reader is one of, by name; `rooms`: and those of every room. */
export function audiencesOf({ person, isOwner, room }: Reader): { named: readonly Audience[]; rooms: boolean } {
  if (room !== null) return { named: ["public", `room:${room}`], rooms: false };
  return { named: ["public", `person:${person}`, ...(isOwner ? ["owner" as const] : [])], rooms: isOwner };
}

/** Whether a reader may see a fact of an audience; what a reader may see is put into words once, for very many facts. */
export function readable(reader: Reader): (audience: Audience) => boolean {
  const { named, rooms } = audiencesOf(reader);
  return (audience) => named.includes(audience) || (rooms && audience.startsWith("room:"));
}

/** The same as a condition of SQL on the column `audience`; its parameters are those of `audienceParameters`. */
export const audienceCondition = "(audience IN ('public', @one, @other) OR (@rooms = 1 AND audience GLOB 'room:*'))";

export function audienceParameters(reader: Reader): { one: string; other: string; rooms: 0 | 1 } {
  const { named, rooms } = audiencesOf(reader);
  const [, one = "public", other = "public"] = named;
  return { one, other, rooms: rooms ? 1 : 0 };
}

/** Somebody who may read what this audience was told, in the place where it may be read. */
export function readerOf(audience: Audience): Reader {
  if (audience.startsWith("room:")) return { person: "", isOwner: false, room: audience.slice("room:".length) };
  if (audience.startsWith("person:")) return { person: audience.slice("person:".length), isOwner: false, room: null };
  return { person: "", isOwner: true, room: null };
}
