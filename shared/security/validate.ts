/** The output validator: nothing that leaves carries a secret. */
import { type Censored, censor } from "./censor.ts";
import { formsOf } from "./known.ts";

export type ValidateOptions = {
  /** The values of all secrets of this process. */
  secrets: readonly string[];
};

/** The text as it may leave, and what was taken out of it. Never throws; doing it twice changes nothing. */
export function validate(text: string, { secrets }: ValidateOptions): Censored {
  return censor(text, formsOf(secrets));
}

/**
 * The part of an unfinished text that may be shown already. Its last word is held back: it may be the beginning of a
 * secret. Give the whole text so far each time; in the end, `validate` shows the rest.
 */
export function validateDraft(text: string, { secrets }: ValidateOptions): Censored {
  return censor(text.slice(0, shownUntil(text, secrets)), formsOf(secrets));
}

/** Up to the last word, where a word is what a key can be made of: a script without spaces need not wait. */
function shownUntil(text: string, secrets: readonly string[]): number {
  let until = text.length;
  while (until > 0 && isKeyCharacter(text.charCodeAt(until - 1))) until--;
  // A secret with a space, or in another script, may have begun earlier.
  for (const secret of secrets) {
    const begun = beginningOf(secret, text);
    if (begun !== undefined) until = Math.min(until, begun);
  }
  return until;
}

function isKeyCharacter(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** Where the longest beginning of the secret stands with which the text ends. */
function beginningOf(secret: string, text: string): number | undefined {
  for (let at = Math.max(0, text.length - secret.length + 1); at < text.length; at++)
    if (secret.startsWith(text.slice(at))) return at;
  return undefined;
}
