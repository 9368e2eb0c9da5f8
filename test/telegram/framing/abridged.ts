/** The abridged framing: the length in words of four bytes, in one byte or in four. */
import type { Codec } from "./codec.ts";

const longLength = 0x7f;

export const abridged: Codec = {
  read(bytes) {
    const first = bytes[0];
    if (first === undefined) return null;
    const isLong = (first & 0x7f) === longLength;
    if (isLong && bytes.length < 4) return null;
    const header = isLong ? 4 : 1;
    const length = header + (isLong ? bytes.readUIntLE(1, 3) : first & 0x7f) * 4;
    return bytes.length < length ? null : { packet: bytes.subarray(header, length), length };
  },
  write(packet) {
    const words = packet.length >> 2;
    if (words < longLength) return Buffer.concat([Buffer.from([words]), packet]);
    const header = Buffer.from([longLength, 0, 0, 0]);
    header.writeUIntLE(words, 1, 3);
    return Buffer.concat([header, packet]);
  },
};
