/** The server's RSA key: what a client encrypts the first secret of a handshake with. */
import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { decryptIge, sha1, sha256, xor } from "./crypto.ts";
import { bigOf, bytesOf, signedOf } from "./numbers.ts";
import { lengthPrefixed } from "./tl.ts";

/** What a client must know of it. The numbers are written out, so that it travels as JSON. */
export type PublicKey = { fingerprint: string; n: string; e: number };

export type RsaKey = {
  fingerprint: bigint;
  public: PublicKey;
  /** Opens what a client sealed with RSA_PAD (https://core.telegram.org/mtproto/auth_key). Throws when it is not that. */
  open(sealed: Buffer): Buffer;
};

export function createRsaKey(): RsaKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const modulus = bigOf(Buffer.from(n, "base64url"));
  const exponent = bigOf(Buffer.from(e, "base64url"));
  const digest = sha1(lengthPrefixed(bytesOf(modulus)), lengthPrefixed(bytesOf(exponent)));
  const fingerprint = signedOf(digest.subarray(12, 20));
  return {
    fingerprint,
    public: { fingerprint: fingerprint.toString(), n: modulus.toString(), e: Number(exponent) },
    open(sealed) {
      const padded = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, sealed);
      const key = xor(padded.subarray(0, 32), sha256(padded.subarray(32)));
      const opened = decryptIge(padded.subarray(32), key, Buffer.alloc(32));
      const data = Buffer.from(opened.subarray(0, 192)).reverse();
      if (!sha256(key, data).equals(opened.subarray(192))) throw new Error("the hash inside RSA_PAD is wrong");
      return data;
    },
  };
}
