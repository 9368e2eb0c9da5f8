/** Texts whose letters are scattered, exchanged, turned around or shifted: undone where that makes words people use. */
import type { Lexicon } from "./lexicon.ts";
import { replaced, type Undoing } from "./undoing.ts";

/** Undone only when so much more of the text becomes known words. */
const GAIN_MIN = 0.3;
/** Above this share of known words nothing can be scrambled. */
const KNOWN_MAX = 0.85;
/** So much of a text tells whether a way of reading it is right. */
const SAMPLE_CHARACTERS = 600;

export const letters: readonly Undoing[] = [
  { how: "scattered letters", undo: gathered },
  {
    how: "digits for letters",
    undo: (text, lexicon) => reread(text, /[a-z0-9@$!|€+]{2,24}/gi, (token) => fromLeet(token, lexicon)),
  },
  {
    how: "scrambled letters",
    undo: (text, lexicon, known) =>
      known > KNOWN_MAX ? undefined : reread(text, /\p{L}{4,24}/gu, (word) => lexicon.unscramble(word.toLowerCase())),
  },
  { how: "reversed order", undo: (text, lexicon, known) => gaining(text, reverse, lexicon, known) },
  {
    how: "reversed words",
    undo: (text, lexicon, known) => gaining(text, (part) => part.replace(/\p{L}+/gu, reverse), lexicon, known),
  },
  { how: "shifted letters", undo: unshifted },
];

/** The text read word by word, when at least two words became ones people use. */
function reread(text: string, pattern: RegExp, read: (word: string) => string | undefined): string | undefined {
  let count = 0;
  const result = replaced(text, pattern, (word) => {
    const reading = read(word);
    if (reading !== undefined) count++;
    return reading;
  });
  return count >= 2 ? result : undefined;
}

/** `i.g.n.o.r.e`, `i g n o r e`: dots and the like are taken out; where only spaces scatter the letters, words are looked for. */
function gathered(text: string, lexicon: Lexicon): string | undefined {
  const undotted = text.replace(/(?<!\p{L})(?:\p{L}[._*·|/-]){2,}\p{L}(?!\p{L})/gu, (run) =>
    run.replace(/[._*·|/-]/g, ""),
  );
  const joined = undotted.replace(/(?<!\p{L})(?:\p{L}[^\S\n]){3,}\p{L}(?!\p{L})/gu, (run) =>
    lexicon.segment(run.replace(/\s/g, "").toLowerCase()),
  );
  return joined === text ? undefined : joined;
}

const LEET: ReadonlyMap<string, string> = new Map(
  [..."0o2z3e4a5s6g7t8b9g@a$s!i|l€e+t".matchAll(/(.)(.)/g)].map(([, mark = "", letter = ""]) => [mark, letter]),
);

function fromLeet(token: string, lexicon: Lexicon): string | undefined {
  if (!/[a-z]/i.test(token) || !/[^a-z]/i.test(token)) return undefined;
  const read = (one: string) =>
    [...token.toLowerCase()].map((mark) => (mark === "1" ? one : (LEET.get(mark) ?? mark))).join("");
  // A mark at the end may be a mark.
  const known = [read("i"), read("l"), read("i").replace(/i$/, "")].find((reading) => lexicon.has(reading));
  return known ?? (/\d[a-z]+\d|[a-z]\d+[a-z]/i.test(token) ? read("i") : undefined);
}

function gaining(text: string, undo: (part: string) => string, lexicon: Lexicon, known: number): string | undefined {
  if (known > 1 - GAIN_MIN) return undefined;
  const share = lexicon.share(undo(text.slice(0, SAMPLE_CHARACTERS)));
  return share > known + GAIN_MIN ? undo(text) : undefined;
}

/** Each letter moved by the same distance, of the 25 the one that makes most words; or the alphabet turned over. */
function unshifted(text: string, lexicon: Lexicon, known: number): string | undefined {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  if (known > 1 - GAIN_MIN || !/[a-z]{3}/i.test(sample)) return undefined;
  const ways = [
    ...Array.from({ length: 25 }, (_, less) => (at: number) => (at + less + 1) % 26),
    (at: number) => 25 - at,
  ];
  const shares = ways.map((way) => lexicon.share(shift(sample, way)));
  const best = Math.max(...shares);
  const way = ways[shares.indexOf(best)];
  return way !== undefined && best > known + GAIN_MIN ? shift(text, way) : undefined;
}

function shift(text: string, way: (at: number) => number): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter < "a" ? 65 : 97;
    return String.fromCharCode(first + way(letter.charCodeAt(0) - first));
  });
}

function reverse(text: string): string {
  return [...text].reverse().join("");
}
