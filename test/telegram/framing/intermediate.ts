/** The intermediate framing, a length and the packet; and its padded kind, which hides the true length. */
import { randomBytes, randomInt } from "node:crypto";
import { uint32 } from "../wire/numbers.ts";
import type { Codec } from "./codec.ts";

const paddingBytesMax = 15;

export const intermediate: Codec = {
  read(bytes) {
    if (bytes.length < 4) return null;
    const length = 4 + (bytes.readUInt32LE(0) & 0x7fffffff);
    return bytes.length < length ? null : { packet: bytes.subarray(4, length), length };
  },
  write: (packet) => Buffer.concat([uint32(packet.length), packet]),
};

export const paddedIntermediate: Codec = {
  read(bytes) {
    const found = intermediate.read(bytes);
    // Packets are whole words; up to three bytes of padding show as a remainder, whole words of it are cut off with the envelope.
    return found && { ...found, packet: found.packet.subarray(0, found.packet.length & ~3) };
  },
  write: (packet) => intermediate.write(Buffer.concat([packet, randomBytes(randomInt(paddingBytesMax + 1))])),
};
