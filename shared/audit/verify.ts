/** Reads a log from its first line and names the first that is not as it was written. */
import { createHash, type Hash } from "node:crypto";
import { messageOf } from "../base/index.ts";
import { CHAIN_START, checkLine } from "./chain.ts";
import { AuditFailure } from "./failure.ts";
import { readLines } from "./lines.ts";

export type AuditCheck = { ok: true; lines: number } | { ok: false; line: number; because: string };

/**
 * Verifies the whole chain. What a crash left unfinished is fine when the next whole line is a repair that names its hash.
 * A log whose last lines were removed cannot be told from a shorter one: for that its last hash must be kept elsewhere.
 * Rejects with an AuditFailure when the file cannot be read.
 */
export async function verifyAudit(path: string): Promise<AuditCheck> {
  let previous = CHAIN_START;
  let lines = 0;
  /** Lines in a row that are not right, waiting for the repair that explains them. */
  let wreck: { line: number; because: string; bytes: Hash } | undefined;
  try {
    for await (const { line, complete } of readLines(path)) {
      lines++;
      const check = checkLine(line, previous);
      if (!complete)
        return wreck !== undefined
          ? { ok: false, line: wreck.line, because: wreck.because }
          : { ok: false, line: lines, because: "it is cut off, as by a crash; opening the log again repairs it" };
      if (!check.ok) {
        wreck ??= { line: lines, because: check.because, bytes: createHash("sha256") };
        wreck.bytes.update(line).update("\n");
        continue;
      }
      if (wreck !== undefined && !explains(check.record, wreck.bytes)) break;
      wreck = undefined;
      previous = check.hash;
    }
  } catch (error) {
    throw new AuditFailure(`The audit log ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  return wreck === undefined ? { ok: true, lines } : { ok: false, line: wreck.line, because: wreck.because };
}

function explains(record: Record<string, unknown>, wreck: Hash): boolean {
  return record["event"] === "repair" && record["wreck"] === wreck.digest("hex");
}
