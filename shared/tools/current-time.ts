/** What time it is, where the person asks for. */
import { z } from "zod";
import type { Clock } from "../base/index.ts";
import { defineTool, type Tool } from "../engine/index.ts";

/** The tool, on this clock. */
export function currentTime(clock: Clock): Tool {
  return defineTool({
    name: "current-time",
    description: "The current date, weekday and time in a time zone, UTC unless another is named.",
    input: z.strictObject({
      timeZone: z
        .string()
        .max(60)
        .refine(isTimeZone, { error: "not a time zone; use an IANA name such as Europe/Berlin, or UTC" })
        .default("UTC")
        .describe("IANA name, for example Europe/Berlin"),
    }),
    effects: "none",
    risk: "safe",
    source: "trusted",
    parallel: true,
    run: async ({ timeZone }) => ({ text: describe(clock.now(), timeZone) }),
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** For example "Tuesday, 2025-11-25 10:51:12 in Europe/Berlin (GMT+01:00)". */
function describe(nowMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  const part = Object.fromEntries(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = part as Record<
    keyof Intl.DateTimeFormatPartTypesRegistry,
    string
  >;
  return `${weekday}, ${year}-${month}-${day} ${hour}:${minute}:${second} in ${timeZone} (${timeZoneName})`;
}
