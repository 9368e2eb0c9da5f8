/** What people add to the timetable: a text that is said to them at its time, or that an agent then does. */
import { createInterface } from "node:readline/promises";
import { YOU } from "../../shared/ledger/index.ts";
import {
  follow,
  isJobName,
  localTime,
  nameFor,
  readWords,
  tellSchedule,
  writeAdded,
} from "../../shared/schedule/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import type { Define } from "../command.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { withLedger } from "../with-ledger.ts";
import { linesOf } from "./lines.ts";

type Options = { name?: string; zone?: string; agent?: string; dryRun?: boolean; yes?: boolean };

export const add: Define = (command, context) => {
  command
    .command("add")
    .argument("<words...>", 'when and what: "every weekday 8:30 stretch"')
    .option("--name <name>", "how to call it")
    .option("--zone <zone>", "time zone, like Europe/Berlin")
    .option("--agent <agent>", "this agent does what the words say, instead of saying them")
    .option("--dry-run", "say how it is understood, and add nothing")
    .option("--yes", "do not ask whether it is understood rightly")
    .description("Be told something at its time, or have it done.")
    .action(async (words: string[], options: Options) => {
      const here = context();
      const timeZone = options.zone ?? readAutomations(here.home.automations).timeZone;
      const read = readWords(words.join(" "), timeZone, here.clock.now());
      if (!read.understood) throw new WrongUsage(`Nothing was added: ${read.because}.`);
      const { schedule, text } = read;
      const name = options.name ?? nameFor(text);
      if (!isJobName(name))
        throw new WrongUsage(`"${name}" is no name for a job: letters, digits and single hyphens, at most 60.`);
      const next = follow(schedule, timeZone)(here.clock.now());
      const how = `${tellSchedule(schedule, timeZone)}; next ${next === undefined ? "never" : localTime(next, timeZone)}`;
      const what = options.agent === undefined ? text : `${options.agent} does: ${text}`;
      if (options.dryRun) return here.print(`Understood: ${how}: ${what}`);
      if (!options.yes && !(await isMeant(`Understood: ${how}: ${what}`))) return here.note("Nothing was added.");
      const { agent } = options;
      const sources = [{ label: "owner", from: YOU }];
      const added = await withLedger(here, { create: true }, async (ledger) => {
        const known = (await ledger.agents.roster()).map((row) => row.name);
        if (agent !== undefined && !known.includes(agent))
          throw new CommandFailed(
            `There is no agent ${agent} here${known.length > 0 ? `; there are ${known.join(", ")}` : ""}.`,
          );
        if ((await linesOf(ledger, here)).some(({ job }) => job === name)) return false;
        return ledger.jobs.add(
          name,
          writeAdded({ text, timeZone, schedule, ...(agent !== undefined && { agent, sources }) }),
        );
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
};

/** Whoever sits at a terminal says whether it is what was meant; a script has said so by its words. */
async function isMeant(understood: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${understood}\nAdd it? [Y/n] `);
    return !/^\s*n/i.test(answer);
  } finally {
    terminal.close();
  }
}
