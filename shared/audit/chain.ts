/** How the lines of the log hang together: each carries the hash of the line before, and its own over all that stands in it. */
import { createHash } from "node:crypto";

export const NEWLINE = 0x0a;

/** What the first line of a log follows. */
export const CHAIN_START = "0".repeat(64);

/** The end of every line, where its own hash stands, and its length. */
const SEAL = /^,"hash":"([0-9a-f]{64})"\}$/;
const SEAL_BYTES = 75;

/** SHA-256 in hex. */
export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The line for this record, without its newline, and the hash that the next line carries. */
export function sealLine(record: Record<string, unknown>, previous: string): { line: string; hash: string } {
  const body = JSON.stringify({ ...record, previous });
  const hash = sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** The hash that a line says it has, without checking it. */
export function sealOf(line: Buffer): string | undefined {
  return SEAL.exec(line.subarray(-SEAL_BYTES).toString("latin1"))?.[1];
}

export type LineCheck = { ok: true; hash: string; record: Record<string, unknown> } | { ok: false; because: string };

/** Whether these bytes are a line as it was written, following the line with the hash `previous`. */
export function checkLine(line: Buffer, previous: string): LineCheck {
  const hash = sealOf(line);
  if (hash === undefined) return { ok: false, because: "it has no hash" };
  const body = Buffer.concat([line.subarray(0, -SEAL_BYTES), Buffer.from("}")]);
  if (sha256(body) !== hash) return { ok: false, because: "it was changed after it was written" };
  const record = parse(body);
  if (record === undefined) return { ok: false, because: "it is not JSON" };
  if (record["previous"] !== previous)
    return { ok: false, because: "it does not follow the line before: lines were removed, added or moved" };
  return { ok: true, hash, record };
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
