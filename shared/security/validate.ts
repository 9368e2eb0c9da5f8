/** The output validator: nothing that leaves carries a secret. */
import { type Censored, censor } from "./censor.ts";
import { CENSORED } from "./detector.ts";
import { findScattered, knownFrom } from "./known.ts";

export type ValidateOptions = {
  /** The values of all secrets of this process. */
  secrets: readonly string[];
};

/** Characters of earlier texts that are looked at, for each character of the longest secret. */
const SCATTER_MAX = 8;

export type Validator = {
  /**
   * A text as it may follow others in the same room: no secret of ours is completed by it. `before` are the texts that left
   * last, oldest first; they are out already, so what is taken away is the piece in this text.
   */
  validate(text: string, before?: readonly string[]): Censored;
  validateDraft(text: string, before?: readonly string[]): Censored;
};

/** Both validators for the secrets of one process: every form in which one may leave is worked out once. */
export function createValidator({ secrets }: ValidateOptions): Validator {
  const known = knownFrom(secrets);
  const farthest = Math.max(0, ...secrets.map(({ length }) => length)) * SCATTER_MAX;
  const next = (text: string, before: readonly string[]): Censored => {
    const alone = censor(text, known);
    const earlier = before.length === 0 || farthest === 0 ? "" : `${before.join("\n")}\n`.slice(-farthest);
    const across = findScattered(earlier + alone.text, known.bares).filter(
      ({ start, end }) => start < earlier.length && end > earlier.length,
    );
    const last = Math.max(0, ...across.map(({ end }) => end - earlier.length));
    if (last === 0) return alone;
    return {
      text: CENSORED + alone.text.slice(last),
      findings: [...alone.findings, { detector: "known-secret-in-pieces" }],
    };
  };
  return {
    validate: (text, before = []) => next(text, before),
    validateDraft: (text, before = []) => next(text.slice(0, shownUntil(text, secrets)), before),
  };
}

/** The text as it may leave, and what was taken out of it. Never throws; doing it twice changes nothing. */
export function validate(text: string, options: ValidateOptions): Censored {
  return createValidator(options).validate(text);
}

/**
 * The part of an unfinished text that may be shown already. Its last word is held back: it may be the beginning of a
 * secret. Give the whole text so far each time; in the end, `validate` shows the rest.
 */
export function validateDraft(text: string, options: ValidateOptions): Censored {
  return createValidator(options).validateDraft(text);
}

/** Where the text must end for now: before its last word, and before anything that may be the beginning of a secret. */
function shownUntil(text: string, secrets: readonly string[]): number {
  for (let until = text.length; ; ) {
    const shown = text.slice(0, until);
    const earliest = Math.min(lastWord(shown), ...secrets.map((secret) => beginningOf(secret, shown)));
    if (earliest === until) return until;
    until = earliest;
  }
}

/** Where the last word begins, of the characters that keys are made of: a script without spaces need not wait. */
function lastWord(text: string): number {
  let at = text.length;
  while (at > 0 && isKeyCharacter(text.charCodeAt(at - 1))) at--;
  return at;
}

function isKeyCharacter(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** Where an unfinished secret begins with which the text ends, or else the text's end. Such secrets have spaces, or another script. */
function beginningOf(secret: string, text: string): number {
  for (let at = Math.max(0, text.length - secret.length + 1); at < text.length; at++)
    if (secret.startsWith(text.slice(at))) return at;
  return text.length;
}
