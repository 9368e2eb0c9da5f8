/** `kaos jobs`: what runs by itself, when, what it needs, and what came of it. */
import { setTimeout as delay } from "node:timers/promises";
import type { TimetableLine } from "../dashboard/view.ts";
import { type Ledger, MUTED, type Occurrence } from "../shared/ledger/index.ts";
import { writeAdded } from "../supervisor/added/added.ts";
import { readWords } from "../supervisor/added/read-words.ts";
import { readAutomations } from "../supervisor/automations.ts";
import { createDelivery } from "../supervisor/delivery/delivery.ts";
import { timetableOf } from "../supervisor/jobs/index.ts";
import { follow, localTime, tellSchedule } from "../supervisor/schedule/schedule.ts";
import { readTimetable } from "../supervisor/timetable.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { duration, table } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

/** The person at this terminal, as the control room names them too. */
const BY = "you";
const DAY_MS = 86_400_000;
const WAIT_MAX_MS = 10 * 60_000;
const LOOK_EVERY_MS = 200;
/** The supervisor looks every two seconds. */
const SOON_MS = 15_000;

export const jobs: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .option("--json", "print them as JSON")
    .description("Every job with its schedule, what it needs and how it stands.")
    .action(async ({ json }: { json?: boolean }) => {
      const here = context();
      const settings = readAutomations(here.home.automations);
      const lines = await withLedger(here, { create: true }, (ledger) => linesOf(ledger, here));
      if (json) return here.print(JSON.stringify({ jobs: lines, problems: settings.problems }, undefined, 2));
      here.print(lines.map((line) => told(line, here)).join("\n\n"));
      for (const problem of settings.problems) here.note(problem);
    });

  command
    .command("run")
    .argument("<job>", "which")
    .option("--dry-run", "look, and say what would be done; change nothing")
    .option("--json", "print how it ended as JSON")
    .description("Now, outside its timetable; the running supervisor does it.")
    .action(async (name: string, { dryRun, json }: { dryRun?: boolean; json?: boolean }) => {
      const here = context();
      const ended = await withLedger(here, {}, async (ledger) => {
        await known(ledger, here, name);
        if ((await ledger.supervisor.state())?.alive !== true)
          throw new CommandFailed("No supervisor runs that could do it. Start one with `kaos up`.");
        const dueAt = await ledger.occurrences.ask(name, dryRun ? "dry" : "run", BY);
        return untilEnded(ledger, here, name, dueAt);
      });
      here.print(json ? JSON.stringify(ended, undefined, 2) : toldEnd(ended, here));
      if (ended.state === "failed" || ended.state === "blocked")
        throw new CommandFailed(`${name} ${ended.state === "failed" ? "failed" : "is blocked"}.`);
    });

  command
    .command("pause")
    .argument("<job>", "which")
    .description("Its instants are missed until you resume it, over restarts too.")
    .action(async (name: string) => {
      const here = context();
      await withLedger(here, { create: true }, async (ledger) => {
        await known(ledger, here, name);
        await ledger.controls.pause({ scope: "job", name, by: BY, until: null });
      });
      here.print(`${here.paint.good("✓")} ${name} is paused. \`kaos jobs resume ${name}\` ends it.`);
    });

  command
    .command("resume")
    .argument("<job>", "which")
    .description("By its timetable again, and heard again.")
    .action(async (name: string) => {
      const here = context();
      await withLedger(here, {}, async (ledger) => {
        await known(ledger, here, name);
        await ledger.controls.resume("job", name);
        await ledger.jobs.quiet(name, 0);
      });
      here.print(`${here.paint.good("✓")} ${name} runs by its timetable.`);
    });

  command
    .command("mute")
    .argument("<job>", "which")
    .option("--days <days>", "only so long: what it finds meanwhile comes in a later digest", wholeNumber(1, 365))
    .description("It goes on, and does not disturb you. `kaos jobs resume` ends it.")
    .action(async (name: string, { days }: { days?: number }) => {
      const here = context();
      await withLedger(here, { create: true }, async (ledger) => {
        await known(ledger, here, name);
        await ledger.jobs.quiet(name, days === undefined ? MUTED : here.clock.now() + days * DAY_MS);
      });
      here.print(
        `${here.paint.good("✓")} ${name} is quiet${days === undefined ? "" : ` for ${duration(days * DAY_MS)}`}.`,
      );
    });

  command
    .command("add")
    .argument("<words...>", 'when and what: "every weekday 8:30 stretch"')
    .option("--name <name>", "how to call it")
    .option("--zone <zone>", "time zone, like Europe/Berlin")
    .option("--dry-run", "say how it is understood, and add nothing")
    .description("Be told something at its time.")
    .action(async (words: string[], options: { name?: string; zone?: string; dryRun?: boolean }) => {
      const here = context();
      const timeZone = options.zone ?? readAutomations(here.home.automations).timeZone;
      const read = readWords(words.join(" "), timeZone, here.clock.now());
      if (!read.understood) throw new CommandFailed(`Nothing was added: ${read.because}.`);
      const { schedule, text } = read;
      const name = options.name ?? nameFor(text);
      if (!/^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u.test(name) || name.length > 60)
        throw new CommandFailed(`"${name}" is no name for a job: letters, digits and single hyphens, at most 60.`);
      const next = follow(schedule, timeZone)(here.clock.now());
      const how = `${tellSchedule(schedule, timeZone)}; next ${next === undefined ? "never" : localTime(next, timeZone)}`;
      if (options.dryRun) return here.print(`Understood: ${how}: ${text}`);
      const added = await withLedger(here, { create: true }, async (ledger) => {
        if ((await linesOf(ledger, here)).some(({ job }) => job === name)) return false;
        return ledger.jobs.add(name, writeAdded({ text, timeZone, schedule }));
      });
      if (!added) throw new CommandFailed(`There is a job ${name} already. Choose another name with --name.`);
      here.print(`${here.paint.good("✓")} ${name}: ${how}. \`kaos jobs remove ${name}\` takes it away.`);
    });

  command
    .command("remove")
    .argument("<job>", "one that you added")
    .description("Takes it away.")
    .action(async (name: string) => {
      const here = context();
      if (!(await withLedger(here, {}, (ledger) => ledger.jobs.remove(name))))
        throw new CommandFailed(`You have not added a job ${name}. \`kaos jobs\` lists them; others can be paused.`);
      here.print(`${here.paint.good("✓")} ${name} is gone.`);
    });

  command
    .command("history")
    .argument("<job>", "which")
    .option("-n, --lines <count>", "how many", wholeNumber(1, 1_000), 20)
    .option("--json", "print it as JSON")
    .description("What came of its last due instants, newest first.")
    .action(async (name: string, { lines, json }: { lines: number; json?: boolean }) => {
      const here = context();
      const rows = await withLedger(here, {}, async (ledger) => {
        await known(ledger, here, name);
        return ledger.occurrences.history(name, lines);
      });
      if (json) return here.print(JSON.stringify(rows, undefined, 2));
      if (rows.length === 0) here.note("It was not due yet.");
      for (const row of rows) here.print(toldEnd(row, here));
    });

  command
    .command("gaps")
    .option("--days <days>", "how far back (default: 30)", wholeNumber(1, 90), 30)
    .option("--json", "print them as JSON")
    .description("Due instants at which nothing was done: missed, failed or blocked.")
    .action(async ({ days, json }: { days: number; json?: boolean }) => {
      const here = context();
      const gaps = await withLedger(here, {}, (ledger) => ledger.occurrences.gaps(here.clock.now() - days * DAY_MS));
      if (json) return here.print(JSON.stringify(gaps, undefined, 2));
      if (gaps.length === 0) return here.note(`No gap in ${days} days.`);
      here.print(
        table(
          gaps.map(({ job, state, count, lastAt, because }) => [
            job,
            state,
            String(count),
            timeOf(lastAt, here),
            because,
          ]),
          { right: [2] },
        ),
      );
    });

  examples(command, [
    ["kaos jobs", "what runs by itself"],
    ["kaos jobs run news-monitor --dry-run", "what would it tell you?"],
    ['kaos jobs add "every weekday 8:30 stretch"', "be told so"],
    ["kaos jobs mute news-monitor --days 7", "not this week"],
  ]);
};

async function linesOf(ledger: Ledger, { home, clock }: Context): Promise<TimetableLine[]> {
  const settings = () => readAutomations(home.automations);
  const delivery = createDelivery({ ledger, clock, settings });
  const all = await timetableOf({ ledger, clock, home, settings: settings(), delivery });
  return readTimetable(ledger, all, { clock, timeZone: settings().timeZone });
}

/** Throws when there is no such job. */
async function known(ledger: Ledger, here: Context, name: string): Promise<void> {
  if (!(await linesOf(ledger, here)).some(({ job }) => job === name))
    throw new CommandFailed(`There is no job "${name}". \`kaos jobs\` lists them.`);
}

async function untilEnded(ledger: Ledger, { clock, note }: Context, name: string, dueAt: number): Promise<Occurrence> {
  const started = clock.now();
  let told = false;
  while (clock.now() - started < WAIT_MAX_MS) {
    const row = await ledger.occurrences.get(name, dueAt);
    if (row !== undefined && row.endedAt !== null) return row;
    if (!told && clock.now() - started > SOON_MS) {
      note(`${name} ${row?.state === "running" ? "runs" : "waits for another job to end"} …`);
      told = true;
    }
    await delay(LOOK_EVERY_MS);
  }
  throw new CommandFailed(
    `${name} has not ended after ${duration(WAIT_MAX_MS)}. \`kaos jobs history ${name}\` tells later.`,
  );
}

function told(line: TimetableLine, here: Context): string {
  const { paint } = here;
  const state = line.state === "ready" ? paint.good("ready") : paint.soft(line.state);
  const quiet = line.quietUntil === null ? "" : `, ${line.quietUntil === MUTED ? "muted" : "snoozed"}`;
  return [
    `${paint.bold(line.job)} · ${line.schedule} · ${state}${quiet}`,
    `  ${line.purpose}`,
    ...(line.because === "" ? [] : [`  ${line.because}`]),
    ...(line.nextAt === null ? [] : [paint.soft(`  next ${timeOf(line.nextAt, here)}`)]),
    ...(line.last === null ? [] : [paint.soft(`  last ${toldEnd(line.last, here)}`)]),
  ].join("\n");
}

function toldEnd({ dueAt, state, because }: Occurrence, here: Context): string {
  return `${timeOf(dueAt, here)}  ${state}${because === "" ? "" : `: ${because}`}`;
}

function timeOf(at: number, { home }: Context): string {
  return localTime(at, readAutomations(home.automations).timeZone);
}

/** A name from the first words of the text. */
function nameFor(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["reminder"]).slice(0, 4).join("-").slice(0, 60);
}
