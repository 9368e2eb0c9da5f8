/** Reads a log from its first line and names the first that is not as it was written. */
import { createHash, type Hash } from "node:crypto";
import { basename } from "node:path";
import { messageOf } from "../base/index.ts";
import { brokenLink, checkLine, type Place, START } from "./chain.ts";
import { AuditFailure } from "./failure.ts";
import { partsFrom, partsOf } from "./files.ts";
import { readLines } from "./lines.ts";
import { knownHead } from "./read.ts";

export type AuditCheck =
  | { ok: true; lines: number; files: number; heads: number }
  /** `line` counts within `file`; 0 where the whole file is gone. */
  | { ok: false; file: string; line: number; because: string };

type VerifyOptions = {
  /** Places that were written down elsewhere, as in the ledger: the log must still hold them. */
  heads?: readonly Place[];
};

/**
 * Verifies the whole chain over all files of the log, in bounded memory. What a crash left unfinished is fine when the next whole
 * line is a repair that names its hash; a beginning that is gone is fine when a later line says that it was retired; an end that is
 * gone shows by what the index, or `heads`, have seen. Rejects with an AuditFailure when a file cannot be read.
 */
export async function verifyAudit(path: string, { heads = [] }: VerifyOptions = {}): Promise<AuditCheck> {
  const own = knownHead(path);
  const seen = new Map([...heads, ...(own === undefined ? [] : [own])].map(({ seq, hash }) => [seq, hash]));
  const known = Math.max(0, ...seen.keys());
  let last: Place | undefined;
  /** What the first line follows where that is no beginning, until a later line says that it was retired. */
  let unexplained: { file: string; hash: string } | undefined;
  let lines = 0;
  let files = 0;
  let here = { file: basename(path), line: 0 };
  /** Lines in a row that are not right, waiting for the repair that explains them. */
  let wreck: { file: string; line: number; because: string; bytes: Hash } | undefined;
  const broken = (because: string): AuditCheck => ({ ok: false, ...here, because });

  if (partsOf(path).length === 0) {
    if (known > 0) return broken(`the whole log is gone: number ${known} was written`);
    throw new AuditFailure(`There is no audit log at ${path}.`);
  }
  try {
    for (const part of partsFrom(path, 0)) {
      files++;
      here = { file: basename(part.path), line: 0 };
      for await (const batch of readLines(part.path)) {
        for (const { line, complete } of batch) {
          lines++;
          here = { ...here, line: here.line + 1 };
          const check = checkLine(line);
          if (!complete) return told(wreck) ?? broken("it is cut off, as by a crash; opening the log again repairs it");
          if (check.ok && last === undefined) {
            const begins = check.previous === START.hash;
            last = begins ? START : { seq: check.place.seq - 1, hash: check.previous };
            if (!begins) unexplained = { file: here.file, hash: check.previous };
          }
          if (check.ok && check.event === "cut" && check.previous === last?.hash)
            return broken(`${check.record()["lines"]} lines were cut off before it was written`);
          const stray = check.ok && last !== undefined ? brokenLink(last, check) : undefined;
          if (!check.ok || stray !== undefined) {
            const because = check.ok ? (stray ?? "") : check.because;
            wreck ??= { ...here, because, bytes: createHash("sha256") };
            wreck.bytes.update(line).update("\n");
            continue;
          }
          const { place, event, record } = check;
          if (wreck !== undefined && !(event === "repair" && record()["wreck"] === wreck.bytes.digest("hex")))
            return { ok: false, file: wreck.file, line: wreck.line, because: wreck.because };
          wreck = undefined;
          if (event === "retired" && record()["through"] === unexplained?.hash) unexplained = undefined;
          if ((seen.get(place.seq) ?? place.hash) !== place.hash) return broken("another line stood here before");
          last = place;
        }
      }
      // Half a line can only stand at the end of the file that was being written.
      const failed = told(wreck);
      if (failed !== undefined) return failed;
    }
  } catch (error) {
    throw new AuditFailure(`The audit log ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  if (unexplained !== undefined)
    return {
      ok: false,
      file: unexplained.file,
      line: 1,
      because: "what stood before it is gone, and no line says why",
    };
  if (known > (last?.seq ?? 0))
    return broken(
      `the log ends here with number ${last?.seq ?? 0}, but number ${known} was written: its end was cut off`,
    );
  return { ok: true, lines, files, heads: heads.length };
}

function told(wreck: { file: string; line: number; because: string } | undefined): AuditCheck | undefined {
  return wreck && { ok: false, file: wreck.file, line: wreck.line, because: wreck.because };
}
