import type { Detector } from "../detector.ts";

const BREAK = String.raw`(?:\s|\\[rn]){1,8}`;
/** Lines such as `Proc-Type: 4,ENCRYPTED` before the body. Each begins at a line end, which none contains: there is one way to read them. */
const HEADERS = String.raw`(?:(?:\n|\r\n|\\n|\\r\\n)[A-Za-z-]{2,20}: [^\r\n\\]{0,100}){0,8}`;
/** The body of a key that has not ended yet, or was cut off: long lines, and one shorter. */
const LINES = `(?:${BREAK}[A-Za-z0-9+/=]{16,200}){1,400}(?:${BREAK}[A-Za-z0-9+/=]{1,15})?`;
const WHOLE = "(?:[^-]|-(?!----)){0,20000}(?:-----END[^-]{0,60}|(?<=KEY|KEY BLOCK))-----";

/** PEM and OpenPGP private keys, also with `\n` written out, also cut off before their end; and age keys. */
export const privateKey: Detector = {
  name: "private-key",
  pattern: new RegExp(
    `-----BEGIN ?(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:${WHOLE}|${HEADERS}${LINES})|AGE-SECRET-KEY-1[A-Z0-9]{58}`,
    "dg",
  ),
  examples: {
    catches: [
      `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQIB".repeat(8)}\n`.repeat(3)}-----END PRIVATE KEY-----`,
      `-----BEGIN RSA PRIVATE KEY-----\\n${"MIIEvQIB".repeat(8)}\\n${"aB3d".repeat(10)}`,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNz".repeat(8)}\n`,
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n${"MIIEvQIB".repeat(8)}\nAB==`,
      `AGE-SECRET-KEY-1${"QL3SUD9M04".repeat(5)}2TGLS0NG`,
    ],
    passes: [
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n-----END PUBLIC KEY-----",
      "a file that starts with -----BEGIN PRIVATE KEY----- is a key",
    ],
  },
};
