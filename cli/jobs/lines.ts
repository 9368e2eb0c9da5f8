/** The timetable as the commands read it, and how an occurrence reads in a terminal. */
import type { TimetableLine } from "../../dashboard/view.ts";
import type { Ledger, Occurrence } from "../../shared/ledger/index.ts";
import { localTime } from "../../shared/schedule/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { createDelivery } from "../../supervisor/delivery/delivery.ts";
import { timetableOf } from "../../supervisor/jobs/index.ts";
import { readTimetable } from "../../supervisor/timetable.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";

/** Every job with its schedule, needs and standing. */
export async function linesOf(ledger: Ledger, { home, clock, env }: Context): Promise<TimetableLine[]> {
  const settings = () => readAutomations(home.automations);
  const delivery = createDelivery({ ledger, clock, settings });
  const all = await timetableOf({
    ledger,
    clock,
    home,
    settings: settings(),
    delivery,
    env,
  });
  return readTimetable(ledger, all, { clock, timeZone: settings().timeZone });
}

/** Throws when there is no such job. */
export async function known(ledger: Ledger, here: Context, name: string): Promise<void> {
  if (!(await linesOf(ledger, here)).some(({ job }) => job === name))
    throw new CommandFailed(`There is no job "${name}". \`kaos jobs\` lists them.`);
}

/** When it was due, how it ended and why. */
export function toldEnd({ dueAt, state, because }: Occurrence, here: Context): string {
  // What blocks a job says itself that it does.
  const end = because === "" ? state : because.startsWith(`${state}: `) ? because : `${state}: ${because}`;
  return `${timeOf(dueAt, here)}  ${end}`;
}

/** "2026-03-01 09:00" in the installation's zone. */
export function timeOf(at: number, { home }: Context): string {
  return localTime(at, readAutomations(home.automations).timeZone);
}
