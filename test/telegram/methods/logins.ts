/** What is under way between a client that wants to log in and the person it belongs to: codes, QR tokens, keys to other data centres. */
import { randomBytes, randomInt } from "node:crypto";
import { Api } from "telegram";
import type { Device, Session } from "../wire/peers.ts";
import { type Account, nowSeconds } from "../world/model.ts";

type SentCode = { account: Account; code: string; wrong: number };
type Token = { device: Device; session: Session; expiresAtSeconds: number; acceptedBy: Account | null };

export type Logins = {
  /** Sends a code to the account's other devices; the hash names this attempt. */
  sendCode(account: Account): string;
  /** A code ends with the third wrong guess and with the right one. */
  tryCode(hash: string, phone: string, code: string): Account | "PHONE_CODE_INVALID" | "PHONE_CODE_EXPIRED";
  /** The last code that was sent to an account and can still be used. */
  codeFor(account: Account): string | null;
  /** A fresh token for a QR code, or the account that has accepted the last one. */
  token(device: Device, session: Session): { accepted: Account } | { token: Buffer; expiresAtSeconds: number };
  /** A device that is logged in has read the QR code; the one that shows it is told. */
  acceptToken(token: Buffer, account: Account): "accepted" | "AUTH_TOKEN_INVALID" | "AUTH_TOKEN_EXPIRED";
  /** A proof, good for one use, that its bearer is logged in elsewhere. */
  export(account: Account): Buffer;
  import(proof: Buffer): Account | null;
};

const wrongGuessesMax = 3;
const tokenSeconds = 30;

export function createLogins(): Logins {
  const codes = new Map<string, SentCode>();
  const lastCodes = new Map<Account, string>();
  const tokens = new Map<string, Token>();
  const proofs = new Map<string, Account>();

  return {
    sendCode(account) {
      const hash = randomBytes(9).toString("hex");
      const code = String(randomInt(10_000, 100_000));
      codes.set(hash, { account, code, wrong: 0 });
      lastCodes.set(account, code);
      return hash;
    },
    tryCode(hash, phone, code) {
      const sent = codes.get(hash);
      if (sent?.account.phone !== phone) return "PHONE_CODE_EXPIRED";
      const isRight = sent.code === code;
      if (!isRight) sent.wrong += 1;
      if (!isRight && sent.wrong < wrongGuessesMax) return "PHONE_CODE_INVALID";
      codes.delete(hash);
      lastCodes.delete(sent.account);
      return isRight ? sent.account : "PHONE_CODE_EXPIRED";
    },
    codeFor: (account) => lastCodes.get(account) ?? null,
    token(device, session) {
      for (const [name, { device: owner, acceptedBy }] of tokens) {
        if (owner !== device || !acceptedBy) continue;
        tokens.delete(name);
        return { accepted: acceptedBy };
      }
      const token = randomBytes(32);
      const expiresAtSeconds = nowSeconds() + tokenSeconds;
      tokens.set(token.toString("hex"), { device, session, expiresAtSeconds, acceptedBy: null });
      return { token, expiresAtSeconds };
    },
    acceptToken(token, account) {
      const found = tokens.get(token.toString("hex"));
      if (!found) return "AUTH_TOKEN_INVALID";
      if (found.expiresAtSeconds < nowSeconds()) return "AUTH_TOKEN_EXPIRED";
      found.acceptedBy = account;
      const update = new Api.UpdateShort({ update: new Api.UpdateLoginToken(), date: nowSeconds() });
      found.session.send(update.getBytes(), { kind: "notice", hasContent: true });
      return "accepted";
    },
    export(account) {
      const proof = randomBytes(32);
      proofs.set(proof.toString("hex"), account);
      return proof;
    },
    import(proof) {
      const name = proof.toString("hex");
      const account = proofs.get(name) ?? null;
      proofs.delete(name);
      return account;
    },
  };
}
