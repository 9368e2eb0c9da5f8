/** Whether a page says what a step waits for. No regular expression of a person's or a model's runs here: patterns are words. */
import { cut } from "../../shared/base/index.ts";
import type { Looked, PlanWait } from "../../shared/ledger/index.ts";

type PageWait = Extract<PlanWait, { kind: "page" | "number" }>;

const SEEN_CHARACTERS_MAX = 300;
/** A number belongs to words that stand so close before it. */
const NEAR_CHARACTERS = 200;

/** `text` is the page as a person reads it, lines where the page has lines. Linear in its length. */
export function findOn(text: string, wait: PageWait): Looked {
  return wait.kind === "page" ? findWords(text, wait) : findNumber(text, wait);
}

function findWords(text: string, { says, gone }: Extract<PageWait, { kind: "page" }>): Looked {
  const line = text.split("\n").find((one) => placeAfter(fold(one), says) !== -1);
  if (gone) {
    if (line === undefined) return { met: true, observed: `The page no longer says “${says}”.` };
    return { met: false, because: `the page still says “${cut(line.trim(), SEEN_CHARACTERS_MAX)}”` };
  }
  if (line === undefined) return { met: false, because: `the page does not say “${says}” yet` };
  return { met: true, observed: cut(line.trim(), SEEN_CHARACTERS_MAX) };
}

function findNumber(text: string, { after, is, value }: Extract<PageWait, { kind: "number" }>): Looked {
  const flat = fold(text);
  const from = after.trim() === "" ? 0 : placeAfter(flat, after);
  const found = from === -1 ? undefined : numberIn(flat.slice(from, from + NEAR_CHARACTERS));
  if (found === undefined)
    return { failed: after.trim() === "" ? "the page has no number" : `the page has no number after “${after}”` };
  const crossed = is === "above" ? found > value : found < value;
  if (crossed)
    return { met: true, observed: `${after.trim() === "" ? "The number" : after} is ${found}, ${is} ${value}.` };
  return { met: false, because: `it is ${found}, not ${is} ${value}` };
}

/** Where the first match ends; -1 for none. Between the parts of a pattern that `*` separates anything may stand. */
function placeAfter(text: string, pattern: string): number {
  let at = 0;
  for (const part of fold(pattern).split("*")) {
    const words = part.trim();
    if (words === "") continue;
    const found = text.indexOf(words, at);
    if (found === -1) return -1;
    at = found + words.length;
  }
  return at;
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ");
}

/** Groups of three after a space or an apostrophe, then what points and commas part; NFKC has made every space a plain one. */
const NUMBER = /[-−]?\d{1,15}(?:[ '’]\d{3}(?!\d))*(?:[.,]\d{1,15})*/u;

/** The first number of the text, as its writer meant it: 1,234.56 and 1.234,56 are the same. */
export function numberIn(text: string): number | undefined {
  const found = NUMBER.exec(text)?.[0];
  if (found === undefined) return undefined;
  const written = found.replaceAll("−", "-").replace(/[ '’]/gu, "");
  const last = Math.max(written.lastIndexOf("."), written.lastIndexOf(","));
  if (last === -1) return Number(written);
  const mark = written[last] ?? "";
  const other = mark === "." ? "," : ".";
  const isDecimal = written.includes(other) || (written.indexOf(mark) === last && !groups(written, mark, last));
  const [whole, part] = isDecimal ? [written.slice(0, last), written.slice(last + 1)] : [written, "0"];
  return Number(`${whole.replace(/[.,]/gu, "")}.${part}`);
}

/** One comma before three digits parts thousands (1,234); one point does not (1.085): most pages with points write English. */
function groups(written: string, mark: string, last: number): boolean {
  return mark === "," && written.length - last === 4 && !/^-?0,/u.test(written);
}
