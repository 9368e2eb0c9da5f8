/** A narrow permission, from the form that asks for it: which arguments must say what, and for how long. */
import { parseJson } from "../../shared/base/index.ts";
import { covers } from "../../shared/security/index.ts";

/** Days that a permission holds unless another number is asked for, and at most. */
export const GRANT_DAYS = 30;
export const GRANT_DAYS_MAX = 365;

const DAY_MS = 86_400_000;

export type Wanted = { ok: true; match: Record<string, string>; forMs: number } | { ok: false; because: string };

/** The arguments of a call that a permission can name: those with one plain value. Undefined when it cannot say exactly this call. */
export function nameable(written: string): Record<string, string> | undefined {
  const input = parseJson(written);
  if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  const named = Object.entries(input).flatMap(([name, value]) =>
    ["string", "number", "boolean"].includes(typeof value) ? [[name, String(value)] as const] : [],
  );
  // A star at the end would mean any ending.
  return named.length === 0 || named.some(([, value]) => value.endsWith("*")) ? undefined : Object.fromEntries(named);
}

/** Reads `match.<argument>` and `days`. A permission that would not cover the call it was asked for is refused: it is a slip. */
export function readWanted(form: URLSearchParams, written: string): Wanted {
  const refuse = (because: string): Wanted => ({ ok: false, because });
  const days = Number(form.get("days") ?? GRANT_DAYS);
  if (!Number.isInteger(days) || days < 1 || days > GRANT_DAYS_MAX)
    return refuse(`Write a whole number of days from 1 to ${GRANT_DAYS_MAX}.`);
  const pairs = [...form]
    .filter(([field, value]) => field.startsWith("match.") && value.trim() !== "")
    // Browsers send line ends as two characters.
    .map(([field, value]) => [field.slice("match.".length), value.replaceAll("\r\n", "\n")] as const);
  if (pairs.length === 0) return refuse("Say what at least one argument must be: a permission for everything is none.");
  const all = pairs.find(([, value]) => value.trim() === "*");
  if (all !== undefined)
    return refuse(`“*” alone lets ${all[0]} be anything. Name how it begins, as in notes/*, or leave the field empty.`);
  const match = Object.fromEntries(pairs);
  if (!covers(match, parseJson(written)))
    return refuse("This would not cover the call above. A field must be what the call says, or its beginning and a *.");
  return { ok: true, match, forMs: days * DAY_MS };
}
