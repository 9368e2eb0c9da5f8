/** Words by which a message is recognised: whole, in any script, with any ending where a star allows it. */

/** Those of `candidates` that occur in `text`: whole words in any script, case ignored; a final `*` takes any ending. */
export function wordsFound(text: string, candidates: readonly string[]): string[] {
  const said = ` ${spaced(text)} `;
  return candidates.filter((word) => said.includes(word.endsWith("*") ? ` ${spaced(word)}` : ` ${spaced(word)} `));
}

function spaced(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

/** As it is compared: lower case, and Russian writes ё as е at will. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
}
