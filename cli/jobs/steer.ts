/** Runs a job now, pauses it, keeps it quiet. */
import { setTimeout as delay } from "node:timers/promises";
import { type Ledger, MUTED, type Occurrence, YOU } from "../../shared/ledger/index.ts";
import { type Define, wholeNumber } from "../command.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { duration } from "../terminal/layout.ts";
import { withLedger } from "../with-ledger.ts";
import { known, toldEnd } from "./lines.ts";

const DAY_MS = 86_400_000;
const WAIT_MAX_MS = 10 * 60_000;
const LOOK_EVERY_MS = 200;
/** The supervisor looks every two seconds. */
const SOON_MS = 15_000;

export const steer: Define = (command, context) => {
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
        const dueAt = await ledger.occurrences.ask(name, dryRun ? "dry" : "run", YOU);
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
        await ledger.controls.pause({ scope: "job", name, by: YOU, until: null });
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
};

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
