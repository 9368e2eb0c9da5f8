/** Small work on text that every floor needs: cutting, splitting, folding, finding words. */

/** At most so many characters, whole code points, with an ellipsis where something was cut. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  // A lone surrogate at the end is half a character.
  const whole = text.slice(0, charactersMax - 1).replace(/\p{Surrogate}$/u, "");
  return `${whole.trimEnd()}…`;
}

/** One line: white space of every kind folded into single spaces. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

/**
 * Parts of at most `charactersMax`, cut at the best border there is: between paragraphs, lines, sentences, words.
 * Nothing is lost but the white space at the borders. An empty text has no parts.
 */
export function splitText(text: string, charactersMax: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > charactersMax) {
    const at = border(rest, charactersMax);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== "") parts.push(rest);
  return parts;
}

/** The words of a text, lower case, in any script; numbers count as words. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function border(text: string, charactersMax: number): number {
  const head = text.slice(0, charactersMax);
  for (const mark of [/\n\s*\n/gu, /\n/gu, /[.!?…]["»”)]?\s/gu, /\s/gu]) {
    const last = [...head.matchAll(mark)].at(-1);
    // A border in the first third would leave a stump; a smaller border further on reads better.
    if (last !== undefined && last.index > charactersMax / 3) return last.index + last[0].length;
  }
  const code = text.charCodeAt(charactersMax - 1);
  const splitsPair = code >= 0xd800 && code <= 0xdbff;
  return splitsPair ? charactersMax - 1 : charactersMax;
}
