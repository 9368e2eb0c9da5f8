/** Whose word a value in a call's arguments is: a person's of ours, a text's that they pointed to, the model's own, or somebody else's. Pure. */
import { parseJson } from "../base/index.ts";
import type { Seen } from "../engine/index.ts";
import { addressesIn } from "./addresses-in.ts";

export type Origin =
  /** A person of ours wrote it. */
  | "said"
  /** It belongs to a record that a person called by name. */
  | "named"
  /** It stands in a text that was fetched with a person's words, and nothing in the turn reads like an attempt to take over. */
  | "found"
  /** The same of an address, or of prose with one. */
  | "found address"
  /** The model's own words, in no text of others. Never said of an address: what nobody wrote leads nobody knows where. */
  | "made"
  | "foreign";

export type Told = {
  /** What the owner, and those who are allowed, said in this turn. */
  said: readonly string[];
  /** The text of others in the turn, in the order in which it came. */
  seen: readonly Seen[];
  /** Whether a text reads like an attempt to take over; without it nothing counts as found. */
  suspicious?: ((text: string) => boolean) | undefined;
};

/** Longer texts are prose: the model may choose its words, and only the addresses in it are looked at. */
const NAME_WORDS_MAX = 3;
/** Words in a row that a person wrote make a part of a text theirs. */
const RUN_WORDS_MIN = 3;
/** Nested deeper, arguments are not understood, and what is not understood is asked about. */
const DEPTH_MAX = 12;

/**
 * Tells of each value whose word it is, for a call that acts. A link is found only by calls that read: one that only a page
 * holds is not passed on.
 */
export function createOrigins({ said, seen, suspicious }: Told): (value: string) => Origin {
  const ours = said.flatMap((text) => [plain(text), plain(apart(text))]).join("\n");
  const ourNumbers = numbersIn(ours);
  const ourWords = wordsOf(ours);
  const texts = seen.map(({ text }) => plain(text));
  const pointed: boolean[] = [];
  let calm: boolean | undefined;
  const isCalm = () => {
    calm ??= suspicious !== undefined && seen.every(({ text }) => !suspicious(text));
    return calm;
  };
  const stands = (value: string): Origin | undefined => {
    const at = texts.flatMap((text, index) => (holds(text, value) ? [index] : []));
    if (at.length === 0) return undefined;
    return isCalm() && at.some((index) => pointed[index]) ? "found" : "foreign";
  };
  const addressOrigin = (address: string, acting: boolean): Origin => {
    const value = bare(plain(address));
    if (holds(ours, value)) return "said";
    return stands(value) === "found" && !(acting && isLink(address)) ? "found address" : "foreign";
  };
  const nameOrigin = (text: string): Origin => {
    const value = plain(text);
    const number = numberOf(value);
    if (number !== undefined && ourNumbers.has(number)) return "said";
    if (holds(ours, value) || namesDay(ours, value)) return "said";
    const origin = stands(value) ?? "made";
    return origin === "found" && seen.some(({ text }, at) => pointed[at] && namesRecord(text, value, ours))
      ? "named"
      : origin;
  };
  const originOf = (value: string, acting: boolean): Origin => {
    const origins = addressesIn(value).map((address) => addressOrigin(address, acting));
    if (origins.includes("foreign")) return "foreign";
    if (holds(ours, bare(plain(value)))) return "said";
    if (!isProse(value)) return origins[0] ?? nameOrigin(value);
    if (isMostly(wordsOf(plain(value)), ourWords)) return "said";
    return origins.includes("found address") ? "found address" : "made";
  };

  // A text is pointed to when nothing that it was asked for with is somebody else's: so a link on a page that was pointed to is, too.
  for (const { asked } of seen) {
    const values = asked === undefined ? undefined : weightsIn(parsed(asked === "" ? "{}" : asked));
    pointed.push(values?.every((value) => originOf(value, false) !== "foreign") ?? false);
  }
  return (value) => originOf(value, true);
}

/** Something to click on, rather than somebody to write to. */
function isLink(address: string): boolean {
  return !address.includes("@") && /^(?:[a-z][a-z0-9+.-]*:\/\/|[^/\s]+\.[^/\s]+)/i.test(address);
}

/** A sentence that begins right after the full stop of the one before: `www.example.org.They`. */
function apart(text: string): string {
  return text.replace(/(?<=\p{Ll}\.)(?=\p{Lu}\p{Ll})/gu, " ");
}

/** What is shorter is in too many texts to be the name of something. */
const NAME_CHARACTERS_MIN = 4;

/**
 * Whether the text is JSON, and this value belongs to a record that a person called by name: the number of the payment that
 * is called "Rent", where they spoke of their rent.
 */
function namesRecord(text: string, value: string, ours: string): boolean {
  const within = (part: unknown, depth: number): boolean => {
    if (typeof part !== "object" || part === null || depth >= DEPTH_MAX) return false;
    const fields = Object.values(part);
    const words = fields.filter((field) => typeof field === "string").map(plain);
    const holdsValue =
      words.includes(value) || fields.some((field) => typeof field === "number" && field === numberOf(value));
    const called = words.some((word) => word !== value && word.length >= NAME_CHARACTERS_MIN && holds(ours, word));
    return (!Array.isArray(part) && holdsValue && called) || fields.some((field) => within(field, depth + 1));
  };
  return within(parsed(text), 0);
}

/** Undefined for what is no JSON of several values. */
function parsed(text: string): unknown {
  return /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
}

/** Every text and number in the arguments. */
export function weightsIn(input: unknown, depth = 0): string[] {
  if (typeof input === "string") return input.trim() === "" ? [] : [input];
  if (typeof input === "number" || typeof input === "bigint") return [String(input)];
  if (typeof input !== "object" || input === null) return [];
  if (depth >= DEPTH_MAX) return [JSON.stringify(input)];
  return Object.values(input).flatMap((value) => weightsIn(value, depth + 1));
}

/** Months as people write them where dates are not numbers. */
const MONTHS: readonly (readonly string[])[] = Array.from({ length: 12 }, (_, month) =>
  ["en", "ru"].flatMap((language) => {
    const day = new Date(Date.UTC(2001, month, 15));
    const part = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", timeZone: "UTC" }).formatToParts(
      day,
    );
    return part.flatMap(({ type, value }) => (type === "month" ? [value.toLowerCase()] : []));
  }),
);

/** Whether the text names the day with which this moment begins: `2025-01-11 10:00` is said by "January 11th". */
function namesDay(text: string, moment: string): boolean {
  const [date, , month = "", day = ""] = /^(\d{4})-(\d{2})-(\d{2})/.exec(moment)?.slice(0, 4) ?? [];
  const names = MONTHS[Number(month) - 1];
  if (date === undefined || names === undefined) return false;
  if (holds(text, date)) return true;
  const number = `0?${Number(day)}(?:st|nd|rd|th)?`;
  const any = names.join("|");
  return new RegExp(`(?<!\\d)(?:${number} (?:of )?(?:${any})|(?:${any}) ${number})(?!\\d)`, "u").test(text);
}

/** Case, spaces and quotation marks make no difference to whose word it is. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s"'“”„«»`]+/g, " ")
    .trim();
}

/** An address as people write it: without the scheme and the last slash. */
function bare(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/** Whether the value stands in the text as a whole: `evil.example` does not stand in `notevil.example`. */
export function holds(text: string, value: string): boolean {
  if (value === "") return false;
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const [before, after] = [text.slice(Math.max(0, at - 1), at), text.slice(at + value.length, at + value.length + 2)];
    if (!/[\p{L}\p{N}@_-]/u.test(before) && !/^(?:[\p{L}\p{N}@_]|[.-][\p{L}\p{N}])/u.test(after)) return true;
  }
  return false;
}

function isProse(value: string): boolean {
  return value.trim().split(/\s+/u).length > NAME_WORDS_MAX;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether at least half of the words stand in rows of three or more that were said. */
function isMostly(words: readonly string[], said: readonly string[]): boolean {
  const rows = new Set(said.map((_, at) => said.slice(at, at + RUN_WORDS_MIN).join(" ")));
  const ours = new Set<number>();
  for (let at = 0; at + RUN_WORDS_MIN <= words.length; at++) {
    if (!rows.has(words.slice(at, at + RUN_WORDS_MIN).join(" "))) continue;
    for (let word = at; word < at + RUN_WORDS_MIN; word++) ours.add(word);
  }
  return words.length > 0 && ours.size * 2 >= words.length;
}

/** `1,200`, `1200.00` and `1 200` are one number. */
function numberOf(value: string): number | undefined {
  const digits = value.replace(/(?<=\d)[ ,](?=\d{3}(?!\d))/g, "").replace(/(?<=\d),(?=\d)/g, ".");
  return /^[-+]?\d+(?:\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

function numbersIn(text: string): Set<number> {
  const written = text.match(/\d+(?:[., ]\d+)*/g) ?? [];
  return new Set(written.flatMap((value) => [value, ...value.split(" ")]).flatMap((value) => numberOf(value) ?? []));
}
