/** The full framing: length, running number, packet, checksum. What gramjs speaks unless it is told otherwise. */
import { crc32 } from "node:zlib";
import { int32, uint32 } from "../wire/numbers.ts";
import type { Codec } from "./codec.ts";

const packetBytesMax = 1 << 24;

export function createFull(): Codec {
  let received = 0;
  let sent = 0;
  return {
    read(bytes) {
      if (bytes.length < 4) return null;
      const length = bytes.readInt32LE(0);
      if (length < 12 || length > packetBytesMax) throw new Error(`a full packet cannot have ${length} bytes`);
      if (bytes.length < length) return null;
      const body = bytes.subarray(0, length - 4);
      if (crc32(body) !== bytes.readUInt32LE(length - 4)) throw new Error("the checksum of a full packet is wrong");
      if (body.readInt32LE(4) !== received) throw new Error("a full packet is out of its order");
      received += 1;
      return { packet: body.subarray(8), length };
    },
    write(packet) {
      const body = Buffer.concat([int32(packet.length + 12), int32(sent), packet]);
      sent += 1;
      return Buffer.concat([body, uint32(crc32(body))]);
    },
  };
}
