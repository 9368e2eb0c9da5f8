/** The cryptography gives the numbers that Telegram has published, and those that the real client library computes. */
import { randomBytes } from "node:crypto";
import { IGE } from "telegram/crypto/IGE.js";
import { describe, expect, test } from "vitest";
import { cipherOf, decryptIge, encryptIge, fromClient, fromServer, handshakeCipherOf, safePrime } from "./crypto.ts";
import { openEnvelope, sealEnvelope } from "./envelope.ts";
import { createMessageIds, faultOf } from "./message-ids.ts";
import { bigOf, bytesOf, littleEndianOf, powerModulo, signedOf } from "./numbers.ts";
import { container, lengthPrefixed, open, packed } from "./tl.ts";

const hex = (text: string) => Buffer.from(text, "hex");

test("the cipher of a handshake is the one of https://core.telegram.org/mtproto/samples-auth_key", () => {
  const newNonce = hex("311C85DB234AA2640AFC4A76A735CF5B1F0FD68BD17FA181E1229AD867CC024D");
  const { key, iv } = handshakeCipherOf(newNonce, hex("A5CF4D33F4A11EA877BA4AA573907330"));
  expect(key).toEqual(hex("F011280887C7BB01DF0FC4E17830E0B91FBB8BE4B2267CB985AE25F33B527253"));
  expect(iv).toEqual(hex("3212D579EE35452ED23E0D0C92841AA7D31B2E9BDEF2151E80D15860311C85DB"));
});

test("IGE encrypts as the library does and decrypts what it encrypted", () => {
  for (const blocks of [1, 2, 17]) {
    const [plain, key, iv] = [randomBytes(blocks * 16), randomBytes(32), randomBytes(32)];
    const theirs = new IGE(key, iv).encryptIge(plain);
    expect(encryptIge(plain, key, iv)).toEqual(theirs);
    expect(decryptIge(theirs, key, iv)).toEqual(plain);
  }
  expect(() => encryptIge(Buffer.alloc(15), Buffer.alloc(32), Buffer.alloc(32))).toThrow("whole blocks");
});

describe("an envelope", () => {
  const authKey = randomBytes(256);
  const letter = { salt: 5n, sessionId: randomBytes(8), messageId: 2n ** 40n, sequence: 3, body: Buffer.alloc(100, 9) };

  /** What a client reads is what a server would read from a client, with the direction turned. */
  function sealedByClient(): Buffer {
    const sealed = sealEnvelope(authKey, letter);
    const fromServerCipher = cipherOf(authKey, sealed.subarray(8, 24), fromServer);
    return decryptIge(sealed.subarray(24), fromServerCipher.key, fromServerCipher.iv);
  }

  test("holds salt, session, numbers and body, and padding that hides the length", () => {
    const plain = sealedByClient();
    expect(plain.readBigInt64LE(0)).toBe(letter.salt);
    expect(plain.subarray(8, 16)).toEqual(letter.sessionId);
    expect(plain.subarray(32, 132)).toEqual(letter.body);
    expect(plain.length - 132).toBeGreaterThanOrEqual(12);
  });

  test("that was changed, or sealed for the other direction, is not opened", () => {
    const sealed = sealEnvelope(authKey, letter);
    expect(() => openEnvelope(authKey, sealed)).toThrow("the message key does not fit");
    expect(cipherOf(authKey, sealed.subarray(8, 24), fromClient).key).not.toEqual(
      cipherOf(authKey, sealed.subarray(8, 24), fromServer).key,
    );
  });
});

describe("numbers", () => {
  test("are the same in both directions, of either sign", () => {
    for (const number of [0n, 1n, -1n, 2n ** 62n, -(2n ** 63n)])
      expect(signedOf(littleEndianOf(number, 8))).toBe(number);
    expect(bigOf(bytesOf(258n, 4))).toBe(258n);
    expect(bytesOf(258n, 4)).toEqual(hex("00000102"));
    expect(() => bytesOf(2n ** 32n, 4)).toThrow(RangeError);
  });

  test("powers agree with Fermat's little theorem", () => {
    expect(powerModulo(5n, safePrime - 1n, safePrime)).toBe(1n);
    expect(powerModulo(3n, 0n, 7n)).toBe(1n);
  });
});

describe("messages", () => {
  const ping = hex("ec77be7a0100000000000000");

  test("come out of containers and out of their packing", () => {
    const inner = { messageId: 4n, sequence: 1, body: packed(ping) };
    const body = container([inner, { messageId: 8n, sequence: 3, body: ping }]);
    const found = open({ messageId: 12n, sequence: 4, body });
    expect(found.map(({ messageId, object }) => [messageId, object.className])).toEqual([
      [4n, "Ping"],
      [8n, "Ping"],
    ]);
    expect(() => open({ messageId: 1n, sequence: 0, body: Buffer.alloc(8, 1) })).toThrow();
  });

  test("have rising numbers that say what they are", () => {
    const ids = createMessageIds();
    const numbers = Array.from({ length: 50 }, (_, at) => ids.next(at % 2 === 0 ? "answer" : "notice"));
    expect(numbers).toEqual([...numbers].sort((one, other) => (one < other ? -1 : 1)));
    expect(new Set(numbers.map((number) => number & 3n))).toEqual(new Set([1n, 3n]));
  });

  test("of a client are refused when its clock is wrong", () => {
    const at = (secondsFromNow: number) => BigInt(Math.floor(Date.now() / 1000) + secondsFromNow) << 32n;
    expect([at(0), at(1), at(-400), at(100), at(0) | 1n].map(faultOf)).toEqual([null, null, 16, 17, 18]);
  });

  test("have strings padded to whole words, short and long", () => {
    for (const length of [0, 1, 3, 253, 254, 70_000]) expect(lengthPrefixed(Buffer.alloc(length)).length % 4).toBe(0);
    expect(lengthPrefixed(Buffer.from("abc"))).toEqual(hex("03616263"));
    expect(lengthPrefixed(Buffer.alloc(254)).subarray(0, 4)).toEqual(hex("fefe0000"));
  });
});
