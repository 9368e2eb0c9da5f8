/** The elements of one long JSON list, one after another: an export of years need not fit into memory. */
import { ArchiveRefused } from "../refused.ts";

/** One element: the longest conversations that people have had are a tenth of it. */
const ELEMENT_BYTES_MAX = 64 * 1024 ** 2;
const LIST_BYTES_MAX = 4 * 1024 ** 3;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Throws ArchiveRefused where the list is cut off, too long, or none. */
export async function* readList(pieces: AsyncIterable<Buffer>, name: string): AsyncGenerator<unknown> {
  let element: Buffer[] = [];
  let size = 0;
  let total = 0;
  let depth = 0;
  let number = 0;
  let isText = false;
  let isEscaped = false;
  let isBegun = false;
  let isEnded = false;

  const whole = (last: Buffer): unknown => {
    const bytes = Buffer.concat([...element, last]);
    [element, size] = [[], 0];
    if (bytes.toString("latin1").trim() === "") return undefined;
    number++;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (cause) {
      throw new ArchiveRefused(`Entry ${number} of ${name} is no JSON in UTF-8: the file is damaged.`, { cause });
    }
  };

  for await (const piece of withoutMark(pieces, name)) {
    total += piece.length;
    if (total > LIST_BYTES_MAX) throw new ArchiveRefused(`${name} has more than ${LIST_BYTES_MAX} bytes.`);
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (!isBegun) {
        if (SPACE.has(byte)) continue;
        if (byte !== OPEN_LIST) throw new ArchiveRefused(`${name} holds no list of conversations.`);
        [isBegun, depth, from] = [true, 1, at + 1];
      } else if (byte === QUOTE) isText = true;
      else if (byte === OPEN_LIST || byte === OPEN_MAP) depth++;
      else if (byte === CLOSE_LIST || byte === CLOSE_MAP) {
        depth--;
        if (depth > 0) continue;
        isEnded = true;
        const last = whole(piece.subarray(from, at));
        if (last !== undefined) yield last;
        return;
      } else if (byte === COMMA && depth === 1) {
        yield whole(piece.subarray(from, at));
        from = at + 1;
      }
    }
    size += piece.length - from;
    if (size > ELEMENT_BYTES_MAX)
      throw new ArchiveRefused(`Entry ${number + 1} of ${name} has more than ${ELEMENT_BYTES_MAX} bytes.`);
    element.push(Buffer.from(piece.subarray(from)));
  }
  if (!isEnded) throw new ArchiveRefused(`${name} ends in the middle: it was cut off.`);
}

/** Without the mark that some programs put before UTF-8; other encodings are refused by theirs. */
async function* withoutMark(pieces: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const piece of pieces) {
    const mark = isFirst ? piece.subarray(0, 3).toString("hex") : "";
    isFirst = false;
    if (mark.startsWith("fffe") || mark.startsWith("feff"))
      throw new ArchiveRefused(`${name} is UTF-16. Save it as UTF-8.`);
    yield mark === "efbbbf" ? piece.subarray(3) : piece;
  }
}
