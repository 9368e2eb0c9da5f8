/**
 * TL, the language of Telegram's types, by means of the client library's own classes: nothing of the schema is written
 * here, and the server speaks the layer of the library it borrows from. Written by hand is only what has no class:
 * containers, packed bodies, answers, booleans and lists.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { BinaryReader } from "telegram/extensions/index.js";
import { returnBigInt } from "telegram/Helpers.js";
import { int64, uint32 } from "./numbers.ts";

const constructors = {
  container: 0x73f1f8dc,
  packed: 0x3072cfa1,
  answer: 0xf35c6d01,
  list: 0x1cb5c415,
  yes: 0x997275b5,
  no: 0xbc799737,
} as const;

/** Anything the library can read or write. */
export type TlObject = { className: string; getBytes(): Buffer };
/** What a call may be answered with. */
export type TlValue = TlObject | boolean | readonly TlValue[];

/** The library's own kind of large whole number. */
export type Long = ReturnType<typeof returnBigInt>;

export function long(number: bigint | number | string): Long {
  return returnBigInt(number.toString());
}

/** The fields that are given. Our compiler tells a field that is missing from one that is undefined; the library means both by `?`. */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}
type Given<Fields> = { [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key] } & {
  [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<Fields[Key], undefined>;
};

export function encode(value: TlValue): Buffer {
  if (value === true) return uint32(constructors.yes);
  if (value === false) return uint32(constructors.no);
  if (isList(value)) return Buffer.concat([uint32(constructors.list), uint32(value.length), ...value.map(encode)]);
  return value.getBytes();
}

function isList(value: TlObject | readonly TlValue[]): value is readonly TlValue[] {
  return Array.isArray(value);
}

/** Reads one object. Throws when the bytes are none. */
export function decode(bytes: Buffer): { object: TlObject; length: number } {
  const reader = new BinaryReader(bytes);
  const object = reader.tgReadObject() as TlObject;
  return { object, length: reader.tellPosition() };
}

/** A string of bytes with its length before it, padded to four. */
export function lengthPrefixed(bytes: Buffer): Buffer {
  const { length } = bytes;
  const header = length < 254 ? Buffer.from([length]) : uint32(254 | (length << 8));
  const padding = Buffer.alloc((4 - ((header.length + length) % 4)) % 4);
  return Buffer.concat([header, bytes, padding]);
}

/** The answer to the call that came as `messageId`. */
export function answerTo(messageId: bigint, body: Buffer): Buffer {
  return Buffer.concat([uint32(constructors.answer), int64(messageId), body]);
}

export function packed(body: Buffer): Buffer {
  return Buffer.concat([uint32(constructors.packed), lengthPrefixed(gzipSync(body))]);
}

/** One message between the two ends, inside its envelope. */
export type Numbered = { messageId: bigint; sequence: number; body: Buffer };

export function container(messages: readonly Numbered[]): Buffer {
  const each = messages.map(({ messageId, sequence, body }) =>
    Buffer.concat([int64(messageId), uint32(sequence), uint32(body.length), body]),
  );
  return Buffer.concat([uint32(constructors.container), uint32(messages.length), ...each]);
}

/** The messages in a message: itself, or those of the container it is, unpacked. Throws when they are malformed. */
export function open({
  messageId,
  sequence,
  body,
}: Numbered): { messageId: bigint; sequence: number; object: TlObject }[] {
  const kind = body.readUInt32LE(0);
  if (kind === constructors.packed) {
    return open({ messageId, sequence, body: gunzipSync(new BinaryReader(body.subarray(4)).tgReadBytes()) });
  }
  if (kind !== constructors.container) return [{ messageId, sequence, object: decode(body).object }];
  const found: Numbered[] = [];
  let at = 8;
  for (let rest = body.readInt32LE(4); rest > 0; rest -= 1) {
    const length = body.readInt32LE(at + 12);
    found.push({
      messageId: body.readBigInt64LE(at),
      sequence: body.readInt32LE(at + 8),
      body: body.subarray(at + 16, at + 16 + length),
    });
    at += 16 + length;
  }
  return found.flatMap(open);
}
