/** Tells when somebody asks for the time, and which time zone they mean; places are stems of three languages. */

const places: readonly (readonly [RegExp, string])[] = [
  [/london|лондон/i, "Europe/London"],
  [/\bparis\b|париж/i, "Europe/Paris"],
  [/berlin|берлин|münchen|munich|мюнхен|hamburg|гамбург/i, "Europe/Berlin"],
  [/vienna|\bwien\b|вен[аеу](?!\p{L})/iu, "Europe/Vienna"],
  [/zurich|zürich|цюрих/i, "Europe/Zurich"],
  [/madrid|мадрид/i, "Europe/Madrid"],
  [/\brome?\b|рим[ае]?(?!\p{L})/iu, "Europe/Rome"],
  [/\briga\b|риг[аеу](?!\p{L})/iu, "Europe/Riga"],
  [/kyiv|kiev|kiew|киев/i, "Europe/Kyiv"],
  [/istanbul|стамбул/i, "Europe/Istanbul"],
  [/moscow|moskau|москв/i, "Europe/Moscow"],
  [/dubai|дубай|дубае/i, "Asia/Dubai"],
  [/delhi|mumbai|дели(?!\p{L})|мумбаи/iu, "Asia/Kolkata"],
  [/singapore|singapur|сингапур/i, "Asia/Singapore"],
  [/hong ?kong|hongkong|гонконг/i, "Asia/Hong_Kong"],
  [/beijing|peking|shanghai|пекин|шанха/i, "Asia/Shanghai"],
  [/tokyo|tokio|токио/i, "Asia/Tokyo"],
  [/sydney|сидне/i, "Australia/Sydney"],
  [/new york|нью-йорк/i, "America/New_York"],
  [/chicago|чикаго/i, "America/Chicago"],
  [/san francisco|los angeles|сан-франциско|лос-анджелес/i, "America/Los_Angeles"],
  [/s[aã]o paulo|сан-паул/i, "America/Sao_Paulo"],
  [/\b(?:utc|gmt)\b/i, "UTC"],
];

/** The zone that is named, in full or by a city; an empty text when none is. */
function timeZoneIn(message: string): string {
  const full = /\b[A-Z][a-z]+\/[A-Z][A-Za-z_]+\b/.exec(message)?.[0];
  return full ?? places.find(([place]) => place.test(message))?.[1] ?? "";
}

const ASKS_TIME =
  /what time is it|what(?:'s| is) the (?:current |local )?(?:time|date)(?=\s*(?:[?!.]|$|now|today|right))|what day is (?:it|today)|today's date|который (?:сейчас |там )?час|сколько (?:сейчас |там )времени|сколько времени(?=\s*(?:[?!.]|$|сейчас))|какое (?:сегодня|сейчас) (?:число|время)|какой сегодня день|wie ?viel uhr|wie spät (?:ist|haben)|welche[rns]? (?:tag|datum|wochentag) (?:ist|haben)|aktuelle uhrzeit/i;
/** Enough only beside the name of a place: "time in meetings" asks for none. */
const MENTIONS_TIME = /\btime\b|времени|время|uhrzeit/i;

/** The zone for the clock, an empty text for the zone of this machine, or undefined when nobody asks for the time. */
export function timeAskedIn(message: string): string | undefined {
  const zone = timeZoneIn(message);
  return ASKS_TIME.test(message) || (zone !== "" && MENTIONS_TIME.test(message)) ? zone : undefined;
}
