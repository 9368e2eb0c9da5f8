/** Takes secrets out of a text: those this process holds, and those with a known shape. The words around them stay. */
import { CENSORED, findSecrets, type Span } from "./detector.ts";
import { detectors } from "./detectors/index.ts";
import { findKnown, findScattered, type Known } from "./known.ts";

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
  let left = text;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const spans = merge([...findScattered(left, known.bares), ...spansIn(left, known)]);
    if (spans.length === 0) break;
    findings.push(...spans.map(({ detector }) => ({ detector })));
    left = without(left, spans);
  }
  return { text: left, findings };
}

/** The secrets between what was censored before, which is left alone, so that doing it twice changes nothing. */
function spansIn(text: string, known: Known): Span[] {
  let from = 0;
  return text.split(CENSORED).flatMap((part) => {
    const at = from;
    from += part.length + CENSORED.length;
    const found = [...findKnown(part, known.forms), ...detectors.flatMap((detector) => findSecrets(part, detector))];
    return found.map(({ start, end, detector }) => ({ start: at + start, end: at + end, detector }));
  });
}

function without(text: string, spans: readonly Span[]): string {
  const ends = [0, ...spans.map(({ end }) => end)];
  return ends.map((from, at) => text.slice(from, spans[at]?.start)).join(CENSORED);
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
