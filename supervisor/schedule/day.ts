/** Where in its day a moment lies, in a time zone. */

export type Day = {
  /** "2026-03-01". */
  date: string;
  /** Minutes since midnight by the clock on the wall. */
  minute: number;
  /** When the day began; an hour off on the day of a clock change, which no budget minds. */
  startedAt: number;
};

export function dayOf(at: number, timeZone: string): Day {
  const [date = "", time = ""] = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" })
    .format(at)
    .split(" ");
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const minute = hours * 60 + minutes;
  return { date, minute, startedAt: Math.floor(at / 60_000) * 60_000 - minute * 60_000 };
}
