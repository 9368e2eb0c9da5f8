/** "every weekday 8:30 stretch" as a schedule and a text. English words, because commands are; a cron expression says anything else. */
import { type Checked, checkSchedule, localTime, momentOf, type Schedule } from "./schedule.ts";

export type Understood =
  | { understood: true; schedule: Schedule; text: string }
  | { understood: false; because: string };

const DAY_MS = 86_400_000;
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const TIME = String.raw`(?:at\s+)?(\d{1,2})[:.](\d\d)`;
const FORMS: readonly (readonly [
  RegExp,
  (found: readonly string[], now: number, timeZone: string) => Schedule | undefined,
])[] = [
  [/^cron\s+"?((?:[\w*/,#L?-]+\s+){4}[\w*/,#L?-]+)"?\s+/i, ([cron = ""]) => ({ cron })],
  [
    /^every\s+(\d{1,4})\s*(minutes?|min|hours?|h)\s+/i,
    ([count, unit = ""]) => ({ everyMs: Number(count) * lengthOf(unit) }),
  ],
  [
    /^in\s+(\d{1,4})\s*(minutes?|min|hours?|h|days?|d)\s+/i,
    ([count, unit = ""], now) => ({ at: now + Number(count) * lengthOf(unit) }),
  ],
  [
    new RegExp(`^(?:on\\s+)?(\\d{4}-\\d{2}-\\d{2})[T\\s]\\s*${TIME}\\s+`, "i"),
    ([date = "", hour, minute], _now, zone) => onceAt(date, hour, minute, zone),
  ],
  [
    new RegExp(`^(today|tomorrow)\\s+${TIME}\\s+`, "i"),
    ([day = "", hour, minute], now, zone) =>
      onceAt(localTime(day.toLowerCase() === "today" ? now : now + DAY_MS, zone).slice(0, 10), hour, minute, zone),
  ],
  [new RegExp(`^(?:every\\s+day|daily)\\s+${TIME}\\s+`, "i"), ([hour, minute]) => cronAt(hour, minute, "*")],
  [new RegExp(`^(?:every\\s+)?weekdays?\\s+${TIME}\\s+`, "i"), ([hour, minute]) => cronAt(hour, minute, "1-5")],
  [new RegExp(`^(?:every\\s+)?weekends?\\s+${TIME}\\s+`, "i"), ([hour, minute]) => cronAt(hour, minute, "6,0")],
  [
    new RegExp(`^(?:every\\s+)(${DAYS.join("|")})\\s+${TIME}\\s+`, "i"),
    ([day = "", hour, minute]) => cronAt(hour, minute, String(DAYS.indexOf(day.toLowerCase()))),
  ],
];

/** What a person wrote, understood or refused with an example. */
export function readWords(words: string, timeZone: string, now: number): Understood {
  const trimmed = `${words.trim()} `;
  for (const [form, scheduleOf] of FORMS) {
    const found = form.exec(trimmed);
    const schedule = found === null ? undefined : scheduleOf(found.slice(1), now, timeZone);
    if (found === null || schedule === undefined) continue;
    const text = trimmed.slice(found[0].length).trim();
    if (text === "") return { understood: false, because: "say after the time what you want to be told" };
    const checked: Checked = checkSchedule(schedule, timeZone, now);
    return checked.usable ? { understood: true, schedule, text } : { understood: false, because: checked.because };
  }
  return {
    understood: false,
    because:
      'begin with when: "every weekday 8:30 …", "every day 21:00 …", "every friday 16:00 …", "every 2 hours …", "in 20 minutes …", "tomorrow 9:00 …", "2026-03-01 9:00 …" or "cron 0 9 1 * * …"',
  };
}

/** One moment by the clock on the wall of this zone. */
function onceAt(
  date: string,
  hour: string | undefined,
  minute: string | undefined,
  timeZone: string,
): Schedule | undefined {
  if (Number(hour) > 23 || Number(minute) > 59) return undefined;
  const at = momentOf(`${date}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00`, timeZone);
  return at === undefined ? undefined : { at };
}

function cronAt(hour: string | undefined, minute: string | undefined, days: string): Schedule | undefined {
  if (Number(hour) > 23 || Number(minute) > 59) return undefined;
  return { cron: `${Number(minute)} ${Number(hour)} * * ${days}` };
}

function lengthOf(unit: string): number {
  if (unit.toLowerCase().startsWith("m")) return 60_000;
  return unit.toLowerCase().startsWith("h") ? 3_600_000 : 86_400_000;
}
