/** Counting the ones of 32-bit words, in arithmetic alone: Hacker's Delight, 5-1. */

/** The number of ones in 32 bits. */
export function onesOf(word: number): number {
  const x = onesByNibble(word);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The number of ones in 128 bits: four words are added up while their sums still fit into parts of a word. */
export function onesOfFour(a: number, b: number, c: number, d: number): number {
  const first = (onesByNibble(a) + onesByNibble(b)) | 0;
  const second = (onesByNibble(c) + onesByNibble(d)) | 0;
  const bytes =
    (first & 0x0f0f0f0f) + ((first >>> 4) & 0x0f0f0f0f) + (second & 0x0f0f0f0f) + ((second >>> 4) & 0x0f0f0f0f);
  return Math.imul(bytes, 0x01010101) >>> 24;
}

function onesByNibble(word: number): number {
  const x = word - ((word >>> 1) & 0x55555555);
  return (x & 0x33333333) + ((x >>> 2) & 0x33333333);
}
