import type { Detector } from "../detector.ts";

/** PEM and OpenPGP private keys, also with `\n` written out, also cut off before their end; and age keys. */
export const privateKey: Detector = {
  name: "private-key",
  pattern:
    /-----BEGIN ?(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?:[^-]|-(?!----)){0,20000}-----END[^-]{0,60}-----|(?:(?:\s|\\[rn]){0,8}[A-Za-z0-9+/=]{16,200}){1,400})|AGE-SECRET-KEY-1[A-Z0-9]{58}/dg,
  examples: {
    catches: [
      `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQIB".repeat(8)}\n`.repeat(3)}-----END PRIVATE KEY-----`,
      `-----BEGIN RSA PRIVATE KEY-----\\n${"MIIEvQIB".repeat(8)}\\n${"aB3d".repeat(10)}`,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNz".repeat(8)}\n`,
      `AGE-SECRET-KEY-1${"QL3SUD9M04".repeat(5)}2TGLS0NG`,
    ],
    passes: ["-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n-----END PUBLIC KEY-----", "a file that starts with -----BEGIN PRIVATE KEY----- is a key"],
  },
};
