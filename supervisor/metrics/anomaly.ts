/** Whether a number is far from what it usually is, told so that one wild value of the past changes nothing. Pure. */

type Verdict = { unusual: false } | { unusual: true; usual: number; deviations: number };

/** Fewer readings say nothing about what is usual. */
const READINGS_MIN = 7;
/**
 * Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): 0.6745 (x − median) / MAD above 3.5. 0.6745 makes the
 * median deviation comparable to a standard deviation.
 */
export const UNUSUAL_FROM = 3.5;
const PER_MAD = 0.6745;
/** Where the readings hardly differ, so much of the usual value counts as one deviation. */
const FLOOR_SHARE = 0.02;

/** `worse` says which direction is worth a word. */
export function judgeReading(value: number, before: readonly number[], worse: "up" | "down" | "both"): Verdict {
  if (before.length < READINGS_MIN) return { unusual: false };
  const usual = medianOf(before);
  const spread = Math.max(madOf(before, usual), Math.abs(usual) * FLOOR_SHARE, Number.MIN_VALUE);
  const deviations = deviationsOf(value, usual, spread);
  const wrongWay = worse === "up" ? deviations > 0 : worse === "down" ? deviations < 0 : true;
  if (!wrongWay || Math.abs(deviations) <= UNUSUAL_FROM) return { unusual: false };
  return { unusual: true, usual, deviations };
}

/** How far a value is from the usual one, in what counts as a standard deviation; `spread` is their median deviation. */
export function deviationsOf(value: number, usual: number, spread: number): number {
  return (PER_MAD * (value - usual)) / spread;
}

/** The middle value; 0 of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)], sorted[middle]];
  return (low + high) / 2;
}

/** The median of how far values are from `middle`. */
export function madOf(values: readonly number[], middle: number): number {
  return medianOf(values.map((value) => Math.abs(value - middle)));
}
