/** What runs by itself, what came of it, what was missed, and why a person was told something. */
import type { TimetableLine } from "../../dashboard/view.ts";
import { MUTED } from "../../shared/ledger/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { type Define, wholeNumber } from "../command.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { table, wrap } from "../terminal/layout.ts";
import { withLedger } from "../with-ledger.ts";
import { known, linesOf, timeOf, toldEnd } from "./lines.ts";

const DAY_MS = 86_400_000;

export const look: Define = (command, context) => {
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
    .option("--days <days>", "how far back", wholeNumber(1, 90), 30)
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

  command
    .command("why")
    .argument("<number>", "of what you were told, as it stands under it", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--json", "print it as JSON")
    .description("Why you were told something, or were not, and what shows that it is so.")
    .action(async (id: number, { json }: { json?: boolean }) => {
      const here = context();
      const said = await withLedger(here, {}, (ledger) => ledger.deliveries.get(id));
      if (said === undefined) throw new CommandFailed(`No job has said anything under ${id}.`);
      if (json) return here.print(JSON.stringify(said, undefined, 2));
      const { job, state, because, severity, agent, room, madeAt, text, evidence } = said;
      const ended = { queued: "told", held: "held back", dropped: "not told", failed: "could not be told" }[state];
      here.print(`${here.paint.bold(job)}, ${timeOf(madeAt, here)}: ${ended}, because ${because}.`);
      here.print(`It counted as ${severity}; ${agent} speaks for it in ${room}.`);
      here.print(text);
      if (evidence.length > 0) here.print(`It stands on:\n${evidence.map((one) => `  ${one}`).join("\n")}`);
    });
};

function told(line: TimetableLine, here: Context): string {
  const { paint } = here;
  const state = line.state === "ready" ? paint.good("ready") : paint.soft(line.state);
  const quiet = line.quietUntil === null ? "" : `, ${line.quietUntil === MUTED ? "muted" : "snoozed"}`;
  return [
    `${paint.bold(line.job)} · ${line.schedule} · ${state}${quiet}`,
    wrap(line.purpose, { width: 80, indent: "  " }),
    ...(line.because === "" ? [] : [`  ${line.because}`]),
    ...(line.nextAt === null ? [] : [paint.soft(`  next ${timeOf(line.nextAt, here)}`)]),
    ...(line.last === null ? [] : [paint.soft(`  last ${toldEnd(line.last, here)}`)]),
  ].join("\n");
}
