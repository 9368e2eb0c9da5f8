/** The times that a text speaks of, "last Friday", "3 May 2024", "две недели назад", as spans on the calendar, seen from when it was said. */
import { fold } from "./words.ts";

/** From the first millisecond to the last, UTC. */
export type Span = { from: number; to: number };

const DAY_MS = 86_400_000;
/** Spans that are looked for in one text. */
const SPANS_MAX = 8;
/** Characters that are searched: dates further inside a long document are not when it happened. */
const CHARACTERS_MAX = 4_000;

const months = [
  "jan|январ",
  "feb|феврал",
  "mar|март",
  "apr|апрел",
  "may|ма[йяе]|mai",
  "jun|июн",
  "jul|июл",
  "aug|август",
  "sep|сентябр",
  "oct|октябр|okt",
  "nov|ноябр",
  "dec|декабр|dez",
];
const weekdays = [
  "sun|воскресен|sonntag",
  "mon|понедельник",
  "tue|вторник|dienstag",
  "wed|сред|mittwoch",
  "thu|четверг|donnerstag",
  "fri|пятниц|freitag",
  "sat|суббот|samstag",
];
const seasons = ["winter|зим", "spring|весн", "summer|лет[ао]", "autumn|fall|осен"];
const small: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  couple: 2,
  three: 3,
  few: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  два: 2,
  две: 2,
  три: 3,
  четыре: 4,
  пять: 5,
  шесть: 6,
  семь: 7,
  восемь: 8,
  десять: 10,
  zwei: 2,
  drei: 3,
  vier: 4,
};

const month = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]|januar|februar|marz|mai|juni|juli|oktober|dezember)`;
const weekday = `(sun|mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|воскресень[ея]|понедельник|вторник|сред[уы]|четверг|пятниц[уы]|суббот[уы]|sonntag|montag|dienstag|mittwoch|donnerstag|freitag|samstag)(?:day)?`;
const season = `(winter|spring|summer|autumn|fall|зим(?:а|ой|у)|весн(?:а|ой|у)|лет(?:о|ом)|осен(?:ь|ью))`;
const year = "((?:19|20)\\d\\d)";
const last = "(last|past|previous|прошл[а-я]+|letzten?|vorigen?)";
const next = "(next|coming|следующ[а-я]+|nachsten?)";
const word = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, "gu");

type Reading = { pattern: RegExp; span(groups: readonly string[], saidAt: number): Span | undefined };

const readings: readonly Reading[] = [
  { pattern: word(`${year}-(\\d\\d)-(\\d\\d)`), span: ([y, m, d]) => day(Number(y), Number(m) - 1, Number(d)) },
  { pattern: word(`(\\d{1,2})\\.(\\d{1,2})\\.${year}`), span: ([d, m, y]) => day(Number(y), Number(m) - 1, Number(d)) },
  {
    pattern: word(`(\\d{1,2})(?:st|nd|rd|th|\\.)? (?:of )?${month}(?:,? ${year})?`),
    span: ([d, m, y], at) => monthDay(m, d, y, at),
  },
  {
    pattern: word(`${month} (\\d{1,2})(?:st|nd|rd|th)?(?:,? ${year})?`),
    span: ([m, d, y], at) => monthDay(m, d, y, at),
  },
  { pattern: word(`${month},? ${year}`), span: ([m, y]) => wholeMonth(Number(y), indexIn(months, m)) },
  {
    pattern: word(`(?:in|since|during|last|this|early|late|mid|в|im) ${month}`),
    span: ([m], at) => pastMonth(indexIn(months, m), at),
  },
  { pattern: word(`${season}(?: of)? ${year}`), span: ([s, y]) => wholeSeason(Number(y), indexIn(seasons, s)) },
  {
    pattern: word(`(?:${last}|this|прошлым|этим) ${season}`),
    span: ([, s], at) => pastSeason(indexIn(seasons, s), at),
  },
  { pattern: word(`(?:in|since|during|of|year|в|im jahr) ${year}`), span: ([y]) => wholeYear(Number(y)) },
  { pattern: word("(day before yesterday|позавчера|vorgestern)"), span: (_, at) => days(at, -2) },
  { pattern: word("(yesterday|last night|вчера|gestern)"), span: (_, at) => days(at, -1) },
  {
    pattern: word("(today|tonight|this morning|this afternoon|this evening|just now|сегодня|heute)"),
    span: (_, at) => days(at, 0),
  },
  { pattern: word("(tomorrow|завтра|morgen)"), span: (_, at) => days(at, 1) },
  { pattern: word(`${last} (?:week|weekend|недел[а-я]+|выходн[а-я]+|woche)`), span: (_, at) => days(at, -8, 8) },
  {
    pattern: word("(?:this|over the|on the|в эти|на этой|diese) (week|weekend|недел[а-я]+|выходн[а-я]+|woche)"),
    span: (_, at) => days(at, -6, 10),
  },
  { pattern: word(`${next} (?:week|weekend|недел[а-я]+|выходн[а-я]+|woche)`), span: (_, at) => days(at, 1, 13) },
  { pattern: word(`${last} (?:month|месяц[а-я]*|monat)`), span: (_, at) => monthsFrom(at, -1) },
  { pattern: word("(?:this|в этом|diesen) (month|месяц[а-я]*|monat)"), span: (_, at) => monthsFrom(at, 0) },
  { pattern: word(`${next} (?:month|месяц[а-я]*|monat)`), span: (_, at) => monthsFrom(at, 1) },
  { pattern: word(`${last} (?:year|год[а-я]*|jahr)`), span: (_, at) => wholeYear(new Date(at).getUTCFullYear() - 1) },
  {
    pattern: word("(?:this|в этом|dieses) (year|году|jahr)"),
    span: (_, at) => wholeYear(new Date(at).getUTCFullYear()),
  },
  {
    pattern: word(`(?:${last}|on|this past|в|во|am) ${weekday}`),
    span: ([, w], at) => lastWeekday(indexIn(weekdays, w), at),
  },
  { pattern: word(`${next} ${weekday}`), span: ([, w], at) => nextWeekday(indexIn(weekdays, w), at) },
  {
    pattern: word(
      "(?:a |the last )?(\\d+|\\p{L}+)(?: of)? (days?|weeks?|months?|years?|дн[а-я]+|день|недел[а-я]+|месяц[а-я]*|лет|год[а-я]*) (?:ago|back|earlier|назад)",
    ),
    span: ([n, unit], at) => ago(n, unit, at),
  },
  { pattern: word("(неделю|месяц|год) назад"), span: ([unit], at) => ago("1", unit, at) },
  { pattern: word("vor (\\d+|\\p{L}+) (tagen|wochen|monaten|jahren)"), span: ([n, unit], at) => ago(n, unit, at) },
];

const hint =
  /\d|day|night|week|month|year|morning|evening|afternoon|now|winter|spring|summer|autumn|fall|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|вчера|сегодня|завтра|назад|недел|месяц|год|выходн|январ|феврал|март|апрел|ма[йяе]|июн|июл|август|сентябр|октябр|ноябр|декабр|понедельник|вторник|сред|четверг|пятниц|суббот|воскресен|зим|весн|лет|осен|heute|gestern|morgen|tag|woche|monat|jahr|mittwoch|januar|marz|mai|juni|juli|oktober|dezember/u;

/** The spans, at most eight, as they were meant by somebody who spoke at `saidAt` (milliseconds since the epoch). */
export function timesIn(text: string, saidAt: number): Span[] {
  let rest = fold(text.slice(0, CHARACTERS_MAX));
  if (!hint.test(rest)) return [];
  const spans: Span[] = [];
  for (const { pattern, span } of readings) {
    rest = rest.replace(pattern, (match: string, ...found: unknown[]) => {
      const groups = found.slice(0, -2).map((group) => (typeof group === "string" ? group : ""));
      const read = span(groups, saidAt);
      if (read === undefined || !Number.isFinite(read.from) || spans.length >= SPANS_MAX) return match;
      spans.push(read);
      // What was read once is not read again by a looser pattern.
      return " · ";
    });
  }
  return spans;
}

function indexIn(names: readonly string[], found = ""): number {
  return names.findIndex((name) => new RegExp(`^(?:${name})`).test(found));
}

function day(y: number, m: number, d: number): Span | undefined {
  if (m < 0 || m > 11 || d < 1 || d > 31) return undefined;
  return days(Date.UTC(y, m, d), 0);
}

function days(at: number, offset: number, count = 1): Span {
  const from = Math.floor(at / DAY_MS + offset) * DAY_MS;
  return { from, to: from + count * DAY_MS - 1 };
}

function wholeMonth(y: number, m: number): Span {
  return { from: Date.UTC(y, m, 1), to: Date.UTC(y, m + 1, 1) - 1 };
}

function wholeYear(y: number): Span {
  return { from: Date.UTC(y, 0, 1), to: Date.UTC(y + 1, 0, 1) - 1 };
}

/** Winter begins in the December before. */
function wholeSeason(y: number, s: number): Span {
  return { from: Date.UTC(y, s * 3 - 1, 1), to: Date.UTC(y, s * 3 + 2, 1) - 1 };
}

/** Without a year the last one that has begun is meant. */
function monthDay(m: string | undefined, d: string | undefined, y: string | undefined, at: number): Span | undefined {
  const index = indexIn(months, m);
  const thisYear = new Date(at).getUTCFullYear();
  if (y !== undefined && y !== "") return day(Number(y), index, Number(d));
  const span = day(thisYear, index, Number(d));
  return span !== undefined && span.from > at + 30 * DAY_MS ? day(thisYear - 1, index, Number(d)) : span;
}

function pastMonth(index: number, at: number): Span {
  const thisYear = new Date(at).getUTCFullYear();
  const span = wholeMonth(thisYear, index);
  return span.from > at + 60 * DAY_MS ? wholeMonth(thisYear - 1, index) : span;
}

function pastSeason(index: number, at: number): Span {
  const thisYear = new Date(at).getUTCFullYear();
  const span = wholeSeason(thisYear, index);
  return span.from > at ? wholeSeason(thisYear - 1, index) : span;
}

function monthsFrom(at: number, offset: number): Span {
  const date = new Date(at);
  return wholeMonth(date.getUTCFullYear(), date.getUTCMonth() + offset);
}

function lastWeekday(index: number, at: number): Span {
  const back = (new Date(at).getUTCDay() - index + 7) % 7 || 7;
  return days(at, -back);
}

function nextWeekday(index: number, at: number): Span {
  const ahead = (index - new Date(at).getUTCDay() + 7) % 7 || 7;
  return days(at, ahead);
}

function ago(count: string | undefined, unit = "", at: number): Span | undefined {
  const n = small[count ?? ""] ?? Number(count);
  if (!Number.isFinite(n)) return undefined;
  if (/^(day|дн|ден|tag)/.test(unit)) return days(at, -n);
  if (/^(week|недел|woche)/.test(unit)) return days(at, -7 * n - 3, 7);
  if (/^(month|месяц|monat)/.test(unit)) return days(at, -30.4 * n - 15, 30);
  return days(at, -365.25 * n - 183, 365);
}
