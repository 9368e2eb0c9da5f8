/** Texts that are written as codes: undone wherever they stand. */
import { replaced, type Undoing } from "./undoing.ts";

export const encodings: readonly Undoing[] = [
  {
    how: "tag characters",
    undo: (text) =>
      replaced(text, /[\u{e0020}-\u{e007e}]+/gu, (run) =>
        [...run].map((tag) => character((tag.codePointAt(0) ?? 0) - 0xe0000)).join(""),
      ),
  },
  {
    how: "variation selectors",
    undo: (text) =>
      replaced(text, /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu, (run) => readable([...run].map(byteOfSelector))),
  },
  {
    how: "HTML entities",
    undo: (text) => replaced(text, /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,6});?/gi, entity),
  },
  { how: "URL encoding", undo: (text) => replaced(text, /(?:%[0-9a-f]{2})+/gi, percent) },
  {
    how: "escapes",
    undo: (text) =>
      replaced(text, /\\(?:u\{?[0-9a-f]{4,6}\}?|x[0-9a-f]{2})/gi, (code) =>
        character(Number.parseInt(code.replace(/[^0-9a-f]/gi, ""), 16)),
      ),
  },
  {
    how: "base64",
    undo: (text) => replaced(text, /[A-Za-z0-9+/_-]{16,}={0,2}/g, (run) => readable(Buffer.from(run, "base64"))),
  },
  {
    how: "hex",
    undo: (text) =>
      replaced(text, /(?:(?:0x|\\x)?[0-9a-f]{2}[\s,:]?){8,}/gi, (run) =>
        readable(Buffer.from(run.replace(/0x|\\x|[\s,:]/gi, ""), "hex")),
      ),
  },
  {
    how: "binary",
    undo: (text) =>
      replaced(text, /(?:[01]{8}\s?){4,}/g, (run) =>
        readable((run.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))),
      ),
  },
  {
    how: "character codes",
    undo: (text) =>
      replaced(text, /(?:\d{2,3}[ ,;]{1,2}){7,}\d{2,3}/g, (run) => readable(run.split(/\D+/).map(Number))),
  },
];

/** Bytes as text, when it is text: letters for the better half, and next to nothing that is no character. */
function readable(bytes: Uint8Array | readonly number[]): string | undefined {
  const text = Buffer.from(bytes).toString("utf8");
  const odd = text.match(/(?!\s)[\p{Cc}\ufffd]/gu)?.length ?? 0;
  const letters = text.match(/[\p{L}\s]/gu)?.length ?? 0;
  return text.length >= 4 && odd * 20 <= text.length && letters * 2 >= text.length ? text : undefined;
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** 256 selectors in two blocks, one for each value of a byte. */
function byteOfSelector(selector: string): number {
  const code = selector.codePointAt(0) ?? 0;
  return code < 0x10000 ? code - 0xfe00 : code - 0xe0100 + 16;
}

const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: " ",
    colon: ":",
    comma: ",",
    period: ".",
    excl: "!",
    lpar: "(",
    rpar: ")",
    num: "#",
    sol: "/",
    shy: "",
  }),
);

function entity(text: string): string | undefined {
  const name = text.replace(/^&|;$/g, "");
  if (!name.startsWith("#")) return NAMED.get(name);
  return character(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function percent(run: string): string | undefined {
  try {
    return decodeURIComponent(run);
  } catch {
    return undefined;
  }
}
