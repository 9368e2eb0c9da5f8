/** Secrets that this process holds, found by their value in every form in which they travel. */
import { CENSORED, type Span } from "./detector.ts";

/** Shorter ones are ignored: they would be found in ordinary words. */
const SECRET_CHARACTERS_MIN = 8;
/** Scattered ones must be longer: words that happen to follow each other would be taken for them. */
const BARE_CHARACTERS_MIN = 12;

/** What is looked for: every form of every secret, and each without what could scatter it. */
export type Known = { forms: readonly string[]; bares: readonly string[] };

export function knownFrom(secrets: readonly string[]): Known {
  return { forms: formsOf(secrets), bares: bareOf(secrets) };
}

/** The values to look for: each secret as it is, URL-encoded, as JSON text, and base64-encoded inside anything. Longest first. */
function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets
    .filter(({ length }) => length >= SECRET_CHARACTERS_MIN)
    .flatMap((secret) => [
      secret,
      ...urlForms(secret),
      JSON.stringify(secret).slice(1, -1),
      ...base64Forms(secret),
      ...hexForms(secret),
      [...secret].reverse().join(""),
    ]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** Every place where one of these values stands. */
export function findKnown(text: string, forms: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const form of forms)
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length))
      spans.push({ start: at, end: at + form.length, detector: "known-secret" });
  return spans;
}

/** What may stand between the characters of a scattered secret: what is neither a letter nor a digit. */
const BETWEEN = /[\s\p{P}\p{S}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** The secrets without marks and spaces; those too short to be told from words are left out. */
function bareOf(secrets: readonly string[]): readonly string[] {
  return secrets.map((secret) => bare(secret).letters).filter(({ length }) => length >= BARE_CHARACTERS_MIN);
}

/**
 * Every place where a secret stands with spaces, line ends, marks, emoji or what was censored before between its characters:
 * `h-u-n-t-e-r`. `bares` comes from `bareOf`. Spans cover what scatters them, too.
 */
export function findScattered(text: string, bares: readonly string[]): Span[] {
  if (bares.length === 0) return [];
  const { letters, places } = bare(text.replaceAll(CENSORED, " ".repeat(CENSORED.length)));
  return findKnown(letters, bares).flatMap(({ start, end }) => {
    const [from, last] = [places[start], places[end - 1]];
    return from === undefined || last === undefined ? [] : [{ start: from, end: last + 1, detector: "known-secret" }];
  });
}

/** The characters that carry something, and where each stood, half characters too. */
function bare(text: string): { letters: string; places: number[] } {
  const places: number[] = [];
  let letters = "";
  let at = 0;
  for (const letter of text) {
    if (!BETWEEN.test(letter)) {
      letters += letter;
      for (let half = 0; half < letter.length; half++) places.push(at + half);
    }
    at += letter.length;
  }
  return { letters, places };
}

function hexForms(secret: string): string[] {
  const hex = Buffer.from(secret).toString("hex");
  return [hex, hex.toUpperCase()];
}

function urlForms(secret: string): string[] {
  // Half of a surrogate pair has no URL form.
  const encoded = encodeURIComponent(secret.toWellFormed());
  const inForms = encoded.replaceAll("%20", "+");
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
  return [encoded, inForms, lower(encoded), lower(inForms)];
}

/**
 * Base64 packs three bytes into four characters, so a secret looks different at each of three offsets. What is searched is
 * the part that its neighbours cannot change: `Basic dXNlcjo…` is found by the password alone.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const head = offset === 0 ? 0 : offset + 1;
    const whole = (offset + bytes.length) % 3 === 0;
    const core = whole ? encoded.slice(head) : encoded.replace(/=+$/, "").slice(head, -1);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
