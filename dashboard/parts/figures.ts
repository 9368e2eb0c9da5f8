/** Money, times and counts the way a person reads them. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Dollars: cents where there are cents, four digits below one. */
export function usd(dollars: number): string {
  if (dollars > 0 && dollars < 0.00005) return "<$0.0001";
  return `$${dollars.toFixed(dollars > 0 && dollars < 0.01 ? 4 : 2)}`;
}

/** A length of time in its one or two largest units: 0.4 s, 24 s, 3 min, 3 h 12 min, 2 d 4 h. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
  if (ms < 59_500) return `${Math.round(ms / 1_000)} s`;
  if (ms < HOUR_MS - MINUTE_MS / 2) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return two(ms, HOUR_MS, "h", MINUTE_MS, "min");
  return two(ms, DAY_MS, "d", HOUR_MS, "h");
}

/** How long something quick took, in milliseconds while it is below a second. */
export function latency(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms);
}

/** The beginning of the day that `now` lies in, where this machine is. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** The end of that day. */
export function endOfDay(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0);
}

/** A time of day, with the day when it is not today. */
export function timeOfDay(at: number, now: number): string {
  const time = clockFace.format(at);
  return startOfDay(at) === startOfDay(now) ? time : `${day.format(at)}, ${time}`;
}

/** A time to the second. */
export function exactTime(at: number): string {
  return `${clockFace.format(at)}:${String(new Date(at).getSeconds()).padStart(2, "0")}`;
}

/** "1 reply", "2 replies". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A small number as a word, the way it stands in a sentence. */
export function inWords(number: number): string {
  return ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"][number] ?? String(number);
}

/** The middle one of these numbers; undefined when there are none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  return upper === undefined || sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}

const clockFace = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  // Rounded first, so that nothing is 0 h 59 min.
  const rounded = Math.round(ms / small) * small;
  const whole = Math.floor(rounded / large);
  const rest = Math.round((rounded - whole * large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

/** The full hour so many hours before the one that `now` lies in. */
export function clockHour(now: number, hoursAgo: number): string {
  return clockFace.format(new Date(now - hoursAgo * HOUR_MS).setMinutes(0, 0, 0));
}
