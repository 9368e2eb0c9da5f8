/** How the lines of the log hang together: each carries the hash of the line before, and its own over all that stands in it. */
import { createHash, hash as hashOf } from "node:crypto";

export const NEWLINE = 0x0a;

/** How every line ends: its number, the hash of the line before, its own. The last of them is sealed by itself. */
const TAIL = /,"seq":(\d{1,16}),"previous":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/;
const TAIL_BYTES_MAX = 180;
const SEAL_BYTES = 75;

/** SHA-256 in hex. */
export function sha256(data: string | Buffer): string {
  return hashOf("sha256", data);
}

/** Which line of the whole log it is, from 1, and what the next one carries. */
export type Place = { seq: number; hash: string };

/** What the first line of a log follows. */
export const START: Place = { seq: 0, hash: "0".repeat(64) };

/** The line that follows `last`, without its newline, and its own place. */
export function sealLine(record: Record<string, unknown>, last: Place): { line: string; place: Place } {
  const seq = last.seq + 1;
  const body = JSON.stringify({ ...record, seq, previous: last.hash });
  const hash = sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, place: { seq, hash } };
}

/** The place that a line says it has, without checking it. */
export function placeOf(line: Buffer): Place | undefined {
  return tailOf(line)?.place;
}

function tailOf(line: Buffer): { place: Place; previous: string } | undefined {
  const [, seq, previous, hash] = TAIL.exec(line.subarray(-TAIL_BYTES_MAX).toString("latin1")) ?? [];
  return previous === undefined || hash === undefined ? undefined : { place: { seq: Number(seq), hash }, previous };
}

export type LineCheck =
  | { ok: true; place: Place; previous: string; event: string; record: () => Record<string, unknown> }
  | { ok: false; because: string };

/** What stands first in every line, so that a million of them need not be parsed to be verified. */
const HEAD = /^\{"at":"[^"]{0,40}","event":"(\w{1,40})"/;
const HEAD_BYTES_MAX = 120;

/** Whether these bytes are a line as it was written. Whether it stands where it should, `brokenLink` tells. */
export function checkLine(line: Buffer): LineCheck {
  const tail = tailOf(line);
  if (tail === undefined) return { ok: false, because: "it has no hash" };
  const body = line.subarray(0, -SEAL_BYTES);
  if (createHash("sha256").update(body).update("}").digest("hex") !== tail.place.hash)
    return { ok: false, because: "it was changed after it was written" };
  const event = HEAD.exec(line.subarray(0, HEAD_BYTES_MAX).toString("latin1"))?.[1] ?? "";
  return { ok: true, ...tail, event, record: () => JSON.parse(line.toString("utf8")) as Record<string, unknown> };
}

/** Undefined when it follows; otherwise what was done to the lines between. */
export function brokenLink(last: Place, { place, previous }: { place: Place; previous: string }): string | undefined {
  if (previous === last.hash && place.seq === last.seq + 1) return undefined;
  const missing = place.seq - last.seq - 1;
  const what = missing > 0 ? `, ${missing} missing before it` : "";
  return `it does not follow the line before: lines were removed, added or moved${what}`;
}
