/** The encrypted envelope around everything after the handshake (https://core.telegram.org/mtproto/description). */
import { randomBytes } from "node:crypto";
import { authKeyIdOf, cipherOf, decryptIge, encryptIge, fromClient, fromServer, messageKeyOf } from "./crypto.ts";
import { int64, uint32 } from "./numbers.ts";
import type { Numbered } from "./tl.ts";

export type Letter = Numbered & { salt: bigint; sessionId: Buffer };

const headerBytes = 32;
const paddingBytesMin = 12;
const paddingBytesMax = 1024;

/** Opens a client's packet. Throws when it was not sealed with this key or was changed. */
export function openEnvelope(authKey: Buffer, packet: Buffer): Letter {
  const messageKey = packet.subarray(8, 24);
  const { key, iv } = cipherOf(authKey, messageKey, fromClient);
  // The padded framing may leave a rest that is no whole block.
  const cipher = packet.subarray(24, packet.length - ((packet.length - 24) % 16));
  const plain = decryptIge(cipher, key, iv);
  if (!messageKeyOf(authKey, plain, fromClient).equals(messageKey)) throw new Error("the message key does not fit");
  const length = plain.readInt32LE(28);
  const padding = plain.length - headerBytes - length;
  if (length % 4 !== 0 || padding < paddingBytesMin || padding > paddingBytesMax) {
    throw new Error(`a body of ${length} bytes with ${padding} bytes of padding is not allowed`);
  }
  return {
    salt: plain.readBigInt64LE(0),
    sessionId: Buffer.from(plain.subarray(8, 16)),
    messageId: plain.readBigInt64LE(16),
    sequence: plain.readInt32LE(24),
    body: plain.subarray(headerBytes, headerBytes + length),
  };
}

export function sealEnvelope(authKey: Buffer, { salt, sessionId, messageId, sequence, body }: Letter): Buffer {
  const plain = Buffer.concat([int64(salt), sessionId, int64(messageId), uint32(sequence), uint32(body.length), body]);
  const rest = (16 - ((plain.length + paddingBytesMin) % 16)) % 16;
  const padded = Buffer.concat([plain, randomBytes(paddingBytesMin + rest)]);
  const messageKey = messageKeyOf(authKey, padded, fromServer);
  const { key, iv } = cipherOf(authKey, messageKey, fromServer);
  return Buffer.concat([authKeyIdOf(authKey), messageKey, encryptIge(padded, key, iv)]);
}
