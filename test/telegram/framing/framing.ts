/** How packets are cut out of a stream of bytes: the client's first bytes choose one of Telegram's framings (https://core.telegram.org/mtproto/mtproto-transports). */
import { abridged } from "./abridged.ts";
import type { Codec } from "./codec.ts";
import { createFull } from "./full.ts";
import { intermediate, paddedIntermediate } from "./intermediate.ts";
import { type Obfuscation, readObfuscation } from "./obfuscated.ts";

export type Framing = {
  /** The packets that these bytes complete. Throws when they are not of any framing. */
  feed(bytes: Buffer): Buffer[];
  /** A packet as bytes for the socket, in the framing the client chose. */
  write(packet: Buffer): Buffer;
};

/** One framing for one connection. */
export function createFraming(): Framing {
  let pending: Buffer = Buffer.alloc(0);
  let codec: Codec | null = null;
  let obfuscation: Obfuscation | null = null;

  function choose(): boolean {
    const choice = chooseCodec(pending);
    if (choice === null) return false;
    pending = pending.subarray(choice.length);
    codec = choice.codec;
    if (choice.obfuscation) {
      obfuscation = choice.obfuscation;
      pending = obfuscation.reveal(pending);
    }
    return true;
  }

  return {
    feed(bytes) {
      pending = Buffer.concat([pending, obfuscation?.reveal(bytes) ?? bytes]);
      if (codec === null && !choose()) return [];
      const packets: Buffer[] = [];
      for (let next = codec?.read(pending); next; next = codec?.read(pending)) {
        packets.push(next.packet);
        pending = pending.subarray(next.length);
      }
      return packets;
    },
    write(packet) {
      if (codec === null) throw new Error("the client has not said how it frames packets");
      const bytes = codec.write(packet);
      return obfuscation?.hide(bytes) ?? bytes;
    },
  };
}

type Choice = { codec: Codec; length: number; obfuscation?: Obfuscation };

function chooseCodec(bytes: Buffer): Choice | null {
  if (bytes[0] === 0xef) return { codec: abridged, length: 1 };
  if (bytes.length < 8) return null;
  const tag = bytes.readUInt32LE(0);
  if (tag === 0xeeeeeeee) return { codec: intermediate, length: 4 };
  if (tag === 0xdddddddd) return { codec: paddedIntermediate, length: 4 };
  if (bytes.readUInt32LE(4) === 0) return { codec: createFull(), length: 0 };
  if (bytes.length < 64) return null;
  const obfuscation = readObfuscation(bytes.subarray(0, 64));
  return { codec: codecOf(obfuscation.tag), length: 64, obfuscation };
}

function codecOf(tag: number): Codec {
  if (tag === 0xefefefef) return abridged;
  if (tag === 0xeeeeeeee) return intermediate;
  if (tag === 0xdddddddd) return paddedIntermediate;
  throw new Error("these bytes begin none of the known framings");
}
