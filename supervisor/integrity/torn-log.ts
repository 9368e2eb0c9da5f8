/** Reads the frames of a write-ahead log as SQLite does, before SQLite is let near it. */
import { existsSync, readFileSync } from "node:fs";

/** `whole` frames up to the last commit are good; `lost` frames of the same generation follow the first that is not. */
export type LogState = { torn: false } | { torn: true; because: string };

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/**
 * Frames of a former generation behind the end are normal, for SQLite writes over its log; a frame of this generation with a
 * wrong checksum, or half a frame, is not. (sqlite.org/fileformat2.html, "The Write-Ahead Log")
 */
export function readLog(path: string): LogState {
  if (!existsSync(path)) return { torn: false };
  const log = readFileSync(path);
  if (log.length === 0) return { torn: false };
  if (log.length < HEADER_BYTES) return { torn: true, because: "its header was never written whole" };
  const magic = log.readUInt32BE(0);
  const bigEndian = magic === MAGIC + 1;
  const pageBytes = log.readUInt32BE(8);
  const sum: Sum = { one: 0, two: 0 };
  add(sum, log.subarray(0, 24), bigEndian);
  const isHeader = (magic === MAGIC || bigEndian) && pageBytes >= 512;
  if (!isHeader || sum.one !== log.readUInt32BE(24) || sum.two !== log.readUInt32BE(28))
    return { torn: true, because: `its header is not one, so ${log.length} bytes of changes cannot be read` };
  const salt = log.subarray(16, 24);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = HEADER_BYTES; at < log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) return { torn: false };
    const frames = Math.ceil((log.length - at) / frameBytes);
    if (at + frameBytes > log.length) return { torn: true, because: "its last page was never written whole" };
    add(sum, log.subarray(at, at + 8), bigEndian);
    add(sum, log.subarray(at + FRAME_HEADER_BYTES, at + frameBytes), bigEndian);
    if (sum.one !== log.readUInt32BE(at + 16) || sum.two !== log.readUInt32BE(at + 20))
      return {
        torn: true,
        because: `from page ${(at - HEADER_BYTES) / frameBytes + 1} on (${frames} pages) it is torn`,
      };
  }
  return { torn: false };
}

type Sum = { one: number; two: number };

/** The checksum that runs over header and frames. */
function add(sum: Sum, bytes: Buffer, bigEndian: boolean): void {
  const read = bigEndian ? bytes.readUInt32BE.bind(bytes) : bytes.readUInt32LE.bind(bytes);
  for (let at = 0; at < bytes.length; at += 8) {
    sum.one = (sum.one + read(at) + sum.two) >>> 0;
    sum.two = (sum.two + read(at + 4) + sum.one) >>> 0;
  }
}
