/** Puts a reminder, or something that the agent is to do later, on the timetable. */
import { z } from "zod";
import type { Clock } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Ledger } from "../../ledger/index.ts";
import {
  type Added,
  follow,
  isTimeZone,
  localTime,
  nameFor,
  readWords,
  tellSchedule,
  writeAdded,
} from "../../schedule/index.ts";

const TEXT_CHARACTERS_MAX = 500;
/** More on one timetable is no help to anybody. */
const ADDED_MAX = 100;
/** Names that are tried for jobs that begin with the same words. */
const NAMES_MAX = 20;

/** A person's conversation with one agent, as its sessions call it. */
const PRIVATE = /^telegram\.\d+$/;

export type ReminderDeps = {
  ledger: Pick<Ledger, "jobs">;
  clock: Clock;
  /** The installation's own, an IANA name. */
  timeZone(): string;
};

export function scheduleReminder({ ledger: { jobs }, clock, timeZone }: ReminderDeps): Tool {
  return defineTool({
    name: "schedule-reminder",
    description:
      "Remind the person of something at its time, or do something yourself then and tell what came of it. Say back to the person when it will be. `kaos jobs` lists them, and takes them away.",
    input: z.strictObject({
      when: z
        .string()
        .trim()
        .min(1)
        .max(80)
        .describe(
          'in English: "in 20 minutes", "tomorrow 9:00", "2026-03-01 9:00", "every weekday 8:30", "every friday 16:00", "every 2 hours", or "cron 0 9 1 * *"',
        ),
      text: z.string().trim().min(1).max(TEXT_CHARACTERS_MAX).describe("what to say then, or what to do then"),
      act: z.boolean().default(false).describe("true: you do it then; false: the text is said as it stands"),
      zone: z
        .string()
        .max(60)
        .optional()
        .describe("the person's time zone, like Europe/Berlin, if it is not the usual one"),
    }),
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    run: async ({ when, text, act, zone = timeZone() }, { agent, chat, sources }) => {
      // The timetable is the swarm's, and speaks in the group.
      if (chat !== undefined && PRIVATE.test(chat))
        return {
          text: "Not scheduled: what is said in a private chat stays there, and the timetable does not. Ask in the group, or use `kaos jobs add`.",
        };
      if (!isTimeZone(zone)) return { text: `Not scheduled: "${zone}" is no time zone; write one like Europe/Berlin.` };
      const read = readWords(`${when} ${text}`, zone, clock.now());
      if (!read.understood) return { text: `Not scheduled: ${read.because}.` };
      if ((await jobs.standings()).filter(({ added }) => added !== null).length >= ADDED_MAX)
        return { text: `Not scheduled: ${ADDED_MAX} are on the timetable already; some must be taken away first.` };
      const { schedule } = read;
      const room = roomOf(chat);
      const added = writeAdded({
        text,
        timeZone: zone,
        schedule,
        ...(room !== undefined && { room }),
        ...(act && { agent, sources }),
      } satisfies Added);
      const name = await addUnderAFreeName(jobs, text, added);
      if (name === undefined) return { text: "Not scheduled: many begin with these words already; use others." };
      const next = follow(schedule, zone)(clock.now());
      const first = next === undefined ? "never" : localTime(next, zone);
      return { text: `Scheduled as ${name}: ${tellSchedule(schedule, zone)}; next ${first}.` };
    },
  });
}

async function addUnderAFreeName(jobs: Ledger["jobs"], text: string, added: string): Promise<string | undefined> {
  const first = nameFor(text);
  for (let n = 1; n <= NAMES_MAX; n++) {
    const name = n === 1 ? first : `${first}-${n}`;
    if (await jobs.add(name, added)) return name;
  }
  return undefined;
}

/** The room of a chat, without its topic; a terminal is no room: there the person is told where all jobs speak. */
function roomOf(chat: string | undefined): string | undefined {
  const room = chat?.split("/")[0];
  return room !== undefined && /^(?:room|telegram|discord):/.test(room) ? room : undefined;
}
