/** Takes secrets out of a text: those this process holds, and those with a known shape. The words around them stay. */
import { findSecrets, type Span } from "./detector.ts";
import { detectors } from "./detectors/index.ts";
import { findKnown, findScattered, type Known } from "./known.ts";

/** What stands where a secret stood. */
export const CENSORED = "[redacted]";

/** No detector and no known secret is shorter: most names of fields, many values. */
const SECRET_CHARACTERS_MIN = 8;

/** Taking one secret out can lay open the beginning of another; after so many rounds there is nothing left to find. */
const ROUNDS_MAX = 8;

/** One secret that was taken out. Names the detector and never the secret. */
export type Finding = { detector: string };

export type Censored = { text: string; findings: Finding[] };

/** The text without its secrets. `known` comes from `knownFrom`. Time grows with the length of the text. */
export function censor(text: string, known: Known): Censored {
  const findings: Finding[] = [];
  if (text.length < SECRET_CHARACTERS_MIN) return { text, findings };
  // What was censored before is left alone, so that doing it twice changes nothing.
  let parts = text.split(CENSORED);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = findings.length;
    parts = parts.flatMap((part) => split(part, known, findings));
    if (findings.length === found) break;
  }
  return { text: parts.join(CENSORED), findings };
}

/** What lies between the secrets of this text. */
function split(text: string, known: Known, findings: Finding[]): string[] {
  const spans = merge([
    ...findKnown(text, known.forms),
    ...findScattered(text, known.bares),
    ...detectors.flatMap((detector) => findSecrets(text, detector)),
  ]);
  const rest: string[] = [];
  let from = 0;
  for (const { start, end, detector } of spans) {
    findings.push({ detector });
    rest.push(text.slice(from, start));
    from = end;
  }
  rest.push(text.slice(from));
  return rest;
}

/** Spans in order, those that overlap made one under the name of the first. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}
