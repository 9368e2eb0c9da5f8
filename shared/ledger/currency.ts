/** How many digits of a currency stand after the point, by ISO 4217: two for most. */

const NONE = new Set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "));
const THREE = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

export function digitsOf(currency: string): number {
  if (NONE.has(currency)) return 0;
  return THREE.has(currency) ? 3 : 2;
}

/** "12.50" of 1250 cents. */
export function amountOf({ minor, currency }: { minor: number; currency: string }): string {
  const digits = digitsOf(currency);
  return (minor / 10 ** digits).toFixed(digits);
}
