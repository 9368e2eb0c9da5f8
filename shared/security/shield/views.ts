/** A text as it reads once what hides it is undone, also one thing inside another. */
import { encodings } from "./encodings.ts";
import { letters } from "./letters.ts";
import type { Lexicon } from "./lexicon.ts";

/** One way of reading a text. `how` says what had to be undone. */
export type View = { how: string; text: string };

/** What is hidden in something hidden is followed so far. */
const DEPTH_MAX = 3;
const VIEWS_MAX = 12;
/** So much of a text tells whether its words are known. */
const SAMPLE_CHARACTERS = 2_000;

/** What this text says behind its surface; empty for a plain one. The text itself is not among them. */
export function viewsOf(text: string, lexicon: Lexicon): View[] {
  const views: View[] = [];
  const seen = new Set([text]);
  let layer: View[] = [{ how: "", text }];
  for (let depth = 0; depth < DEPTH_MAX && layer.length > 0 && views.length < VIEWS_MAX; depth++) {
    layer = layer.flatMap((outer) => insideOf(outer, lexicon).filter(({ text: inner }) => isNew(inner, seen)));
    views.push(...layer);
  }
  return views.slice(0, VIEWS_MAX);
}

function insideOf(outer: View, lexicon: Lexicon): View[] {
  const known = lexicon.share(outer.text.slice(0, SAMPLE_CHARACTERS));
  return [...encodings, ...letters].flatMap(({ how, undo }) => {
    const text = undo(outer.text, lexicon, known);
    return text === undefined ? [] : [{ how: outer.how === "" ? how : `${outer.how}, ${how}`, text }];
  });
}

function isNew(text: string, seen: Set<string>): boolean {
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}
