/** A second password, checked without ever being sent: the server's side of SRP (https://core.telegram.org/api/srp). */
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { Api } from "telegram";
import { generator, safePrime, sha256, xor } from "./crypto.ts";
import { bigOf, bytesOf, powerModulo, signedOf } from "./numbers.ts";
import { given, long } from "./tl.ts";

export type Password = {
  /** A fresh question for one client; each can be answered once. */
  question(): Api.account.Password;
  check(answer: Api.InputCheckPasswordSRP): "right" | "SRP_ID_INVALID" | "PASSWORD_HASH_INVALID";
};

const full = (number: bigint) => bytesOf(number, 256);

export function createPassword(text: string, hint?: string): Password {
  const salt1 = randomBytes(16);
  const salt2 = randomBytes(16);
  const verifier = powerModulo(generator, bigOf(secretOf(text, salt1, salt2)), safePrime);
  const multiplier = bigOf(sha256(full(safePrime), full(generator)));
  const asked = new Map<string, { secret: bigint; shown: bigint }>();

  return {
    question() {
      const secret = bigOf(randomBytes(256));
      const shown = (multiplier * verifier + powerModulo(generator, secret, safePrime)) % safePrime;
      const id = signedOf(randomBytes(8));
      asked.set(id.toString(), { secret, shown });
      const currentAlgo = new Api.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow({
        salt1,
        salt2,
        g: Number(generator),
        p: full(safePrime),
      });
      const fields = { hasPassword: true, currentAlgo, srp_B: full(shown), srpId: long(id), hint };
      return new Api.account.Password({ ...given(fields), ...unusedFields() });
    },
    check({ srpId, A, M1 }) {
      const question = asked.get(srpId.toString());
      if (!question) return "SRP_ID_INVALID";
      asked.delete(srpId.toString());
      const theirs = bigOf(A);
      if (theirs % safePrime === 0n) return "PASSWORD_HASH_INVALID";
      const scrambler = bigOf(sha256(full(theirs), full(question.shown)));
      const base = (theirs * powerModulo(verifier, scrambler, safePrime)) % safePrime;
      const sessionKey = sha256(full(powerModulo(base, question.secret, safePrime)));
      const group = xor(sha256(full(safePrime)), sha256(full(generator)));
      const proof = sha256(group, sha256(salt1), sha256(salt2), full(theirs), full(question.shown), sessionKey);
      return proof.equals(M1) ? "right" : "PASSWORD_HASH_INVALID";
    },
  };
}

/** What is said of an account that has none. */
export function noPassword(): Api.account.Password {
  return new Api.account.Password(unusedFields());
}

function unusedFields() {
  return {
    newAlgo: new Api.PasswordKdfAlgoUnknown(),
    newSecureAlgo: new Api.SecurePasswordKdfAlgoUnknown(),
    secureRandom: randomBytes(256),
  };
}

function secretOf(text: string, salt1: Buffer, salt2: Buffer): Buffer {
  const salted = (data: Buffer, salt: Buffer) => sha256(salt, data, salt);
  const first = salted(salted(Buffer.from(text), salt1), salt2);
  return salted(pbkdf2Sync(first, salt1, 100_000, 64, "sha512"), salt2);
}
