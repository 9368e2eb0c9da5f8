/** What a client is told so that it finds the server: nothing that a user could not set as well, but for the RSA key. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { _serverKeys } from "telegram/crypto/RSA.js";
import type { PublicKey } from "./wire/rsa-key.ts";
import { long } from "./wire/tl.ts";

/** Addresses that Telegram's own data centres have, so that a client dials what it would dial anyway. */
export const addresses: Readonly<Record<number, string>> = { 2: "149.154.167.50", 4: "149.154.167.91" };

/** An authorisation key for a device that never shook hands. gramjs drops leading zeros of keys, so it has none. */
export function freshKey(): Buffer {
  const key = randomBytes(256);
  key[0] = (key[0] ?? 0) | 0x80;
  return key;
}

/** The text of a gramjs StringSession: version, data centre, its address, its port, the key. */
export function sessionText(dcId: number, key: Buffer): string {
  const address = Buffer.from(addresses[dcId] ?? "");
  const header = Buffer.alloc(3);
  header.writeUInt8(dcId);
  header.writeInt16BE(address.length, 1);
  const port = Buffer.alloc(2);
  port.writeInt16BE(443);
  return `1${Buffer.concat([header, address, port, key]).toString("base64")}`;
}

const preload = fileURLToPath(new URL("./preload-rsa.cjs", import.meta.url));

/** The variables of a process that logs in. */
export function environmentFor(settings: { proxyUrl: string; apiId: number; apiHash: string; key: PublicKey }) {
  return {
    TELEGRAM_PROXY: settings.proxyUrl,
    TELEGRAM_API_ID: String(settings.apiId),
    TELEGRAM_API_HASH: settings.apiHash,
    LOOPBACK_TELEGRAM_KEY: JSON.stringify(settings.key),
    NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --require "${preload}"`.trim(),
  };
}

/** Teaches the library in this process the server's key; returns what makes it forget the key again. */
export function teachKey({ fingerprint, n, e }: PublicKey): () => void {
  _serverKeys.set(fingerprint, { n: long(n), e });
  return () => void _serverKeys.delete(fingerprint);
}
