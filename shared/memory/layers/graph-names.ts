/** Names in a text, without a model: capitals inside a sentence, quoted titles, accounts. */

import { analyse, telling } from "../language/words.ts";

/** Names that one fact may add. */
const NAMES_MAX = 12;

const capitals =
  /(?<![.!?…\n:"«„“]\s*|^\s*)(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}&'’-]+(?:\s+\p{Lu}[\p{L}\p{N}&'’-]+){0,3}/gu;
/** A capital that begins a sentence is a name only when its word tells something. */
const beginning = /(?<=^|[.!?…\n]\s*)\p{Lu}\p{Ll}{2,}(?![\p{L}\p{N}])/gu;
const quoted = /["“„«]([^"“”„«»\n]{2,60})["”“»]/gu;
const account = /@[\p{L}\p{N}_]{3,32}/gu;

/** In the order of the text, each once, at most twelve. German nouns are names here as well: they only find more. */
export function namesIn(text: string): string[] {
  const start = text.slice(0, 4_000);
  const names = [
    ...[...start.matchAll(capitals)].map(([name]) => name),
    ...[...start.matchAll(beginning)]
      .map(([name]) => name)
      .filter((name) => telling(analyse(`${name} x`)).length === 2),
    ...[...start.matchAll(quoted)].map(([, name]) => name ?? ""),
    ...[...start.matchAll(account)].map(([name]) => name),
  ];
  return [...new Set(names.map((name) => name.trim()))]
    .filter((name) => name.length > 1 && name !== "I")
    .slice(0, NAMES_MAX);
}
