/** Packets come out of a stream whole and in order, however the stream is cut. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abridged } from "./abridged.ts";
import type { Codec } from "./codec.ts";
import { createFraming } from "./framing.ts";
import { createFull } from "./full.ts";
import { intermediate, paddedIntermediate } from "./intermediate.ts";

type Client = { name: string; hello: Buffer; codec(): Codec };

const clients: Client[] = [
  { name: "full", hello: Buffer.alloc(0), codec: createFull },
  { name: "abridged", hello: Buffer.from("ef", "hex"), codec: () => abridged },
  { name: "intermediate", hello: Buffer.from("eeeeeeee", "hex"), codec: () => intermediate },
  { name: "padded intermediate", hello: Buffer.from("dddddddd", "hex"), codec: () => paddedIntermediate },
];

/** Packets are whole words; some are longer than the short length of the abridged framing. */
const packets = fc.array(
  fc.integer({ min: 5, max: 300 }).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
  { minLength: 1, maxLength: 5 },
);

function pieces(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

describe.each(clients)("the $name framing", ({ name, hello, codec }) => {
  const startsWith = (found: Buffer[], sent: Uint8Array[]) =>
    found.length === sent.length &&
    found.every((packet, at) => packet.subarray(0, sent[at]?.length).equals(sent[at] ?? packet));

  test("is recognised by its first bytes, in pieces of any size", () => {
    fc.assert(
      fc.property(packets, fc.integer({ min: 1, max: 700 }), (sent, size) => {
        const client = codec();
        const stream = Buffer.concat([hello, ...sent.map((packet) => client.write(Buffer.from(packet)))]);
        const framing = createFraming();
        const found = pieces(stream, size).flatMap((piece) => framing.feed(piece));
        return startsWith(found, sent);
      }),
    );
  });

  test("answers in the same framing", () => {
    const framing = createFraming();
    const client = codec();
    framing.feed(Buffer.concat([hello, client.write(Buffer.alloc(40, 1))]));
    const answers = [Buffer.alloc(8, 2), Buffer.alloc(2000, 3)];
    let stream = Buffer.concat(answers.map(framing.write));
    for (const answer of answers) {
      const read = client.read(stream) ?? expect.fail("a packet");
      expect(read.packet.subarray(0, answer.length)).toEqual(answer);
      if (name !== "padded intermediate") expect(read.packet).toHaveLength(answer.length);
      stream = stream.subarray(read.length);
    }
    expect(stream).toHaveLength(0);
  });
});

test("a framing may be hidden in a random stream", () => {
  const head = randomBytes(64);
  head[0] = 1;
  const reversed = Buffer.from(head.subarray(8, 56)).reverse();
  const outgoing = createCipheriv("aes-256-ctr", head.subarray(8, 40), head.subarray(40, 56));
  const incoming = createDecipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32, 48));
  const plain = Buffer.from(head);
  plain.writeUInt32LE(0xeeeeeeee, 56);
  const hello = Buffer.concat([head.subarray(0, 56), outgoing.update(plain).subarray(56)]);
  const framing = createFraming();
  const stream = Buffer.concat([hello, outgoing.update(intermediate.write(Buffer.from("questions.")))]);
  const found = pieces(stream, 7).flatMap((piece) => framing.feed(piece));
  expect(found.map(String)).toEqual(["questions."]);
  expect(intermediate.read(incoming.update(framing.write(Buffer.from("answers."))))?.packet.toString()).toBe(
    "answers.",
  );
});

test("what is no framing, and a full packet that was changed or comes out of order, is refused", () => {
  expect(() => createFraming().feed(Buffer.alloc(64, 7))).toThrow("none of the known framings");
  const client = createFull();
  const first = client.write(Buffer.alloc(40));
  const changed = Buffer.from(first);
  changed[20] = 1;
  expect(() => createFraming().feed(changed)).toThrow("checksum");
  const framing = createFraming();
  expect(framing.feed(first)).toHaveLength(1);
  expect(() => framing.feed(first)).toThrow("out of its order");
});
