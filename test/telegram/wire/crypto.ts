/** The cryptography of MTProto 2.0: hashes, AES in IGE mode, and the key of one message (https://core.telegram.org/mtproto/description). */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";

export function sha1(...parts: Uint8Array[]): Buffer {
  return createHash("sha1").update(Buffer.concat(parts)).digest();
}

export function sha256(...parts: Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

/** The direction of a message: the offset into the authorisation key that its message key is taken from. */
export const fromClient = 0;
export const fromServer = 8;
export type Direction = typeof fromClient | typeof fromServer;

/** The fingerprint of a message under an authorisation key; it also proves that the message was not changed. */
export function messageKeyOf(authKey: Buffer, padded: Buffer, direction: Direction): Buffer {
  return sha256(authKey.subarray(88 + direction, 120 + direction), padded).subarray(8, 24);
}

/** What one message is encrypted with. */
export function cipherOf(authKey: Buffer, messageKey: Buffer, direction: Direction): { key: Buffer; iv: Buffer } {
  const a = sha256(messageKey, authKey.subarray(direction, direction + 36));
  const b = sha256(authKey.subarray(direction + 40, direction + 76), messageKey);
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  };
}

/** What the last steps of a handshake are encrypted with. */
export function handshakeCipherOf(newNonce: Buffer, serverNonce: Buffer): { key: Buffer; iv: Buffer } {
  const middle = sha1(serverNonce, newNonce);
  return {
    key: Buffer.concat([sha1(newNonce, serverNonce), middle.subarray(0, 12)]),
    iv: Buffer.concat([middle.subarray(12, 20), sha1(newNonce, newNonce), newNonce.subarray(0, 4)]),
  };
}

export function encryptIge(plain: Buffer, key: Buffer, iv: Buffer): Buffer {
  const block = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chain(plain, (bytes) => block.update(bytes), iv.subarray(0, 16), iv.subarray(16, 32));
}

export function decryptIge(cipher: Buffer, key: Buffer, iv: Buffer): Buffer {
  const block = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chain(cipher, (bytes) => block.update(bytes), iv.subarray(16, 32), iv.subarray(0, 16));
}

/** Infinite garble extension: each block is mixed with the output before it on its way in, with the input before it on its way out. */
function chain(input: Buffer, transform: (block: Buffer) => Buffer, lastOutput: Buffer, lastInput: Buffer): Buffer {
  if (input.length % 16 !== 0) throw new RangeError("IGE needs whole blocks of 16 bytes");
  const output = Buffer.alloc(input.length);
  let before = { output: lastOutput, input: lastInput };
  for (let at = 0; at < input.length; at += 16) {
    const block = input.subarray(at, at + 16);
    xor(transform(xor(block, before.output)), before.input).copy(output, at);
    before = { output: output.subarray(at, at + 16), input: block };
  }
  return output;
}

export function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}

/** How a key is called on the wire, and what a client proves its knowledge of a new key with. */
export function authKeyIdOf(authKey: Buffer): Buffer {
  return sha1(authKey).subarray(12, 20);
}

export function authKeyAuxiliaryOf(authKey: Buffer): Buffer {
  return sha1(authKey).subarray(0, 8);
}

/** Telegram's own 2048-bit safe prime with generator 3: clients accept no other for SRP (https://core.telegram.org/api/srp). */
export const generator = 3n;
export const safePrime = BigInt(
  `0x${[
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543",
    "aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b",
    "378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1",
    "178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee",
    "2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
  ].join("")}`,
);
