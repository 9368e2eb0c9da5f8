/** The redactor for logs: secrets out of any JSON, by the name of their key, by their shape and by their value. */
import { censor } from "./censor.ts";
import { CENSORED } from "./detector.ts";
import { knownFrom } from "./known.ts";

/** What is nested deeper is left out. */
const DEPTH_MAX = 24;

/** Names whose values are secret, as the last words of a key: `dbPassword`, `x-api-key`, `TG_SESSION_STRING`. */
const SECRET_NAME =
  /(?:^| )(?:password|passwd|passphrase|pwd|secret|secrets|token|credentials?|authorization|cookies?|api ?key|access ?key|private ?key|secret ?key|session ?string)$/;

/** A text or JSON without its secrets; a copy, the given value stays as it is. Texts stay texts. */
export type Redact = (value: unknown) => unknown;

/** A redactor that knows these values besides the usual names and shapes. Never throws. */
export function createRedactor({ secrets }: { secrets: readonly string[] }): Redact {
  const known = knownFrom(secrets);
  const redact = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return censor(value, known).text;
    if (typeof value !== "object" || value === null) return value;
    if (depth >= DEPTH_MAX) return "[nested too deep]";
    if (Array.isArray(value)) return value.map((part) => redact(part, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        censor(name, known).text,
        isSecretName(name) && !saysNothing(part) ? CENSORED : redact(part, depth + 1),
      ]),
    );
  };
  return (value) => redact(value, 0);
}

/** Whether a value of this name is a secret: `dbPassword`, `x-api-key`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^A-Za-z0-9]+/g, " ")
    .toLowerCase();
  return SECRET_NAME.test(words.trim());
}

/** No value at all, or only whether there is one. */
function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || typeof value === "boolean";
}
