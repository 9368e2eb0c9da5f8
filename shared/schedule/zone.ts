/** The installation's time zone: the one that a person wrote into automations.json, else the machine's own. */
import { readFileSync } from "node:fs";
import { isTimeZone } from "./schedule.ts";

/** Read anew each time: a person may change the file meanwhile. What is nonsense there is the supervisor's to complain about. */
export function zoneIn(automationsFile: string): string {
  const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const { timeZone } = JSON.parse(readFileSync(automationsFile, "utf8")) as { timeZone?: unknown };
    return typeof timeZone === "string" && isTimeZone(timeZone) ? timeZone : machine;
  } catch {
    return machine;
  }
}
