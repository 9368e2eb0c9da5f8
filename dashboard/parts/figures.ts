/** Money, times and counts the way a person reads them. */
import { duration } from "../../shared/base/index.ts";

export { duration, usd } from "../../shared/base/index.ts";

const HOUR_MS = 60 * 60_000;

/** How long something quick took, in milliseconds while it is below a second. */
export function latency(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms);
}

/** The beginning of the day that `now` lies in, where this machine is. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
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

/** The full hour so many hours before the one that `now` lies in. */
export function clockHour(now: number, hoursAgo: number): string {
  return clockFace.format(new Date(now - hoursAgo * HOUR_MS).setMinutes(0, 0, 0));
}
