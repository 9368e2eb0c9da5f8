/** The obfuscation around a framing: a random head of 64 bytes carries the keys of two AES-CTR streams and the framing's tag. */
import { createCipheriv, createDecipheriv } from "node:crypto";

export type Obfuscation = { tag: number; reveal(bytes: Buffer): Buffer; hide(bytes: Buffer): Buffer };

export function readObfuscation(head: Buffer): Obfuscation {
  const reversed = Buffer.from(head.subarray(8, 56)).reverse();
  const incoming = createDecipheriv("aes-256-ctr", head.subarray(8, 40), head.subarray(40, 56));
  const outgoing = createCipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32, 48));
  const revealed = incoming.update(head);
  return {
    tag: revealed.readUInt32LE(56),
    reveal: (bytes) => incoming.update(bytes),
    hide: (bytes) => outgoing.update(bytes),
  };
}
