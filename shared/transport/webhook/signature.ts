/** Who may post to a hook: whoever has signed the body with its secret a moment ago, or sends the secret itself. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Clocks may differ by this, and a request that somebody caught is worth nothing after it. */
const WINDOW_MS = 5 * 60_000;

export type Proof = { timestamp: string | undefined; signature: string | undefined; authorization: string | undefined };

/** `x-kaos-timestamp` is in seconds; the signature is over `<timestamp>.<body>`. */
export function sign(secret: string, body: string, atMs: number): { timestamp: string; signature: string } {
  const timestamp = String(Math.floor(atMs / 1_000));
  return {
    timestamp,
    signature: `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`,
  };
}

/** `because` tells the sender nothing about the secret. Takes the same time whatever is wrong. */
export function verify(
  secret: string,
  body: string,
  { timestamp, signature, authorization }: Proof,
  nowMs: number,
): { ok: true } | { ok: false; because: string } {
  if (signature === undefined) {
    const given = /^Bearer (.+)$/u.exec(authorization ?? "")?.[1] ?? "";
    return same(given, secret) ? { ok: true } : { ok: false, because: "the secret or the signature is wrong" };
  }
  const atMs = Number(timestamp ?? Number.NaN) * 1_000;
  const fits = same(signature, sign(secret, body, atMs).signature);
  if (!fits) return { ok: false, because: "the secret or the signature is wrong" };
  if (Math.abs(nowMs - atMs) > WINDOW_MS) return { ok: false, because: "the signature is older than five minutes" };
  return { ok: true };
}

/** Hashes have one length, so that not even the length of the secret shows in the time this takes. */
function same(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
