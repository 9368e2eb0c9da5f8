/** Secrets that this process holds, found by their value in every form in which they travel. */
import type { Span } from "./detector.ts";

/** Shorter ones are ignored: they would be found in ordinary words. */
const SECRET_CHARACTERS_MIN = 8;

/** The values to look for: each secret as it is, URL-encoded, as JSON text, and base64-encoded inside anything. Longest first. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets
    .filter(({ length }) => length >= SECRET_CHARACTERS_MIN)
    .flatMap((secret) => [secret, ...urlForms(secret), JSON.stringify(secret).slice(1, -1), ...base64Forms(secret)]);
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
