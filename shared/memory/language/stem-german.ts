/** German words to their stems, lightly: the endings that decline and conjugate, after J. Savoy's light stemmer. */

/** The stem of one lower-case German word; umlauts are already plain letters. */
export function stemGerman(word: string): string {
  if (word.length < 5) return word;
  const bare = word.replace(/ß/g, "ss");
  const undeclined = bare.replace(/(?:ern|em|en|er|es|e|[bdfghklmnt]s)$/, (end) =>
    /^[bdfghklmnt]s$/.test(end) ? end.slice(0, 1) : "",
  );
  return undeclined.length > 5 ? undeclined.replace(/(?:est|st|en|er)$/, "") : undeclined;
}
