/** Bytes of a page as text, in the character set that its server or the page itself names. */
import { TextDecoder } from "node:util";

/** A page names its character set within its first kilobyte (HTML standard, "prescan a byte stream"). */
const PRESCAN_BYTES = 1_024;

/** Bytes that the set does not know become replacement characters; an unknown set counts as UTF-8. */
export function decode(body: Buffer, contentType: string): string {
  const head = body.subarray(0, PRESCAN_BYTES).toString("latin1");
  const named = /charset\s*=\s*["']?([\w.:-]+)/i;
  const label =
    named.exec(contentType)?.[1] ?? (/html/i.test(contentType) ? named.exec(head)?.[1] : undefined) ?? "utf-8";
  return decoderOf(label).decode(body);
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
