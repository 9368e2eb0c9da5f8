/** What people add to the timetable: a text that is said to them, or given to an agent to do, at its time. */
import { z } from "zod";
import { isTimeZone, type Schedule } from "./schedule.ts";

const schedule = z.union([
  z.strictObject({ cron: z.string() }),
  z.strictObject({ everyMs: z.number() }),
  z.strictObject({ at: z.number() }),
]);

const stored = z.object({
  text: z.string().min(1),
  timeZone: z.string().refine(isTimeZone),
  schedule,
  room: z.string().optional(),
  agent: z.string().optional(),
  sources: z.array(z.object({ label: z.string(), from: z.string() })).optional(),
});

export type Added = {
  text: string;
  timeZone: string;
  schedule: Schedule;
  /** Where it is said; without it, where all jobs speak. */
  room?: string | undefined;
  /** Who is to do what the text says; without it, the text is said as it stands. */
  agent?: string | undefined;
  /** Whose text led to it, so that what an agent does then has no more authority than they have. */
  sources?: readonly { label: string; from: string }[] | undefined;
};

/** How it stands in the ledger. */
export function writeAdded(added: Added): string {
  return JSON.stringify(added);
}

/** Undefined for what cannot be read any more: another version wrote it. */
export function readAdded(text: string): Added | undefined {
  return stored.safeParse(JSON.parse(text)).data;
}

/** A name from the first words of the text. */
export function nameFor(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["reminder"]).slice(0, 4).join("-").slice(0, 60);
}

/** Whether this can be the name of a job: letters, digits and single hyphens, at most 60. */
export function isJobName(name: string): boolean {
  return /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u.test(name) && name.length <= 60;
}
