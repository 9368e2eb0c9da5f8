/** When a job is due: a cron expression in a time zone, an interval, or one moment. Pure, but for croner, which knows the zones. */
import { Cron } from "croner";
import { messageOf } from "../base/index.ts";

export type Schedule =
  /** Five fields. On the night of a clock change a time that is left out comes when the gap ends, one that comes twice comes once. */
  | { cron: string }
  /** Counted from the epoch, so that a restart does not move it. */
  | { everyMs: number }
  | { at: number };

export type Checked = { usable: true } | { usable: false; because: string };

/** Shorter intervals are no automation: they are a busy loop. */
const EVERY_MIN_MS = 60_000;

/** Whether this schedule can be kept, and comes at all. `timeZone` is an IANA name. */
export function checkSchedule(schedule: Schedule, timeZone: string, now: number): Checked {
  if (!isTimeZone(timeZone))
    return { usable: false, because: `"${timeZone}" is no time zone; write one like Europe/Berlin` };
  if ("everyMs" in schedule && !(schedule.everyMs >= EVERY_MIN_MS))
    return { usable: false, because: "an interval is at least one minute" };
  if ("cron" in schedule && schedule.cron.trim().split(/\s+/u).length !== 5)
    return { usable: false, because: `"${schedule.cron}" is no cron expression of five fields, like 30 8 * * 1-5` };
  try {
    if (follow(schedule, timeZone)(now) !== undefined) return { usable: true };
    return { usable: false, because: "it never comes" };
  } catch (error) {
    return { usable: false, because: `it cannot be read: ${messageOf(error)}` };
  }
}

/** The first due instant after a moment; undefined when none comes any more. */
export type Next = (after: number) => number | undefined;

/** Reads a schedule once, to be asked often: reading a cron expression costs more than following it. Throws when it cannot be read. */
export function follow(schedule: Schedule, timeZone: string): Next {
  if ("at" in schedule) return (after) => (schedule.at > after ? schedule.at : undefined);
  if ("everyMs" in schedule) return (after) => (Math.floor(after / schedule.everyMs) + 1) * schedule.everyMs;
  const cron = new Cron(schedule.cron, { timezone: timeZone, paused: true });
  return (after) => cron.nextRun(new Date(after))?.getTime();
}

/** The due instants after `after`, up to and with `until`, oldest first. */
export function instantsBetween(next: Next, after: number, until: number): number[] {
  const found: number[] = [];
  let at = next(after);
  while (at !== undefined && at <= until) {
    found.push(at);
    at = next(at);
  }
  return found;
}

/** As a person reads it: "30 8 * * 1-5 (Europe/Berlin)", "every 30 min", "once, 2026-03-01 09:00". */
export function tellSchedule(schedule: Schedule, timeZone: string): string {
  if ("cron" in schedule) return `${schedule.cron} (${timeZone})`;
  if ("everyMs" in schedule) return `every ${Math.round(schedule.everyMs / 60_000)} min`;
  return `once, ${localTime(schedule.at, timeZone)} (${timeZone})`;
}

/** "2026-03-01 09:00" in this zone. */
export function localTime(at: number, timeZone: string): string {
  // The Swedish way of writing a date is the ISO one.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}

/** When the clock on the wall of a zone shows "2026-03-01T09:00:00"; undefined when there is no such day. */
export function momentOf(local: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc) || !isTimeZone(timeZone)) return undefined;
  // Off by what the zone's clock shows at that moment, twice: the first guess may lie on the other side of a clock change.
  let at = asUtc;
  for (let guess = 0; guess < 2; guess++) at += asUtc - Date.parse(`${localTime(at, timeZone).replace(" ", "T")}:00Z`);
  return at;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
