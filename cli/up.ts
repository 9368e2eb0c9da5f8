/** `kaos up`: starts the swarm, or some of it, and says so when it is ready. */
import { isAbort } from "../shared/base/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { openDoor } from "./control-room.ts";
import { CommandFailed } from "./failures.ts";
import { alone } from "./processes/alone.ts";
import { type BroughtUp, bringUp } from "./processes/bring-up.ts";
import { chooseNames, readRoster, SUPERVISOR } from "./processes/choose.ts";
import { createPm2 } from "./processes/pm2.ts";
import { readUp } from "./processes/processes.ts";
import { stopAndWait, takeDown } from "./processes/take-down.ts";
import { stopSignal } from "./stop-signal.ts";
import { duration, listed, widthOf, wrap } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";
import { withLedger } from "./with-ledger.ts";

export const up: Define = (command, context) => {
  command
    .argument("[agents...]", "only these agents; the supervisor always comes along")
    .option("--json", "print what runs as JSON")
    .action(async (asked: string[], { json }: { json?: boolean }) => {
      const here = context();
      const roster = readRoster();
      const agents = chooseNames(
        asked,
        roster.agents.map(({ name }) => name),
      );
      for (const warning of roster.warnings) here.note(`Note: ${warning}`);
      await withLedger(here, { create: true }, async (ledger) => {
        const brought = await start(here, ledger, [...agents, SUPERVISOR]);
        const door = await openDoor(ledger);
        if (json)
          here.print(JSON.stringify({ home: here.home.folder, ...brought, url: door?.url, login: door?.login }));
        else here.print(told(here, brought, door?.login));
      });
    });
  examples(command, [
    ["kaos up", "all agents and the supervisor"],
    ["kaos up kronos nexus", "two agents and the supervisor"],
    ["kaos --home /srv/kaos up", "the same for another home"],
  ]);
};

/** Ctrl-C stops what was started here, and nothing else. */
async function start(
  { home, env, clock, note }: Context,
  ledger: Ledger,
  names: readonly string[],
): Promise<BroughtUp> {
  const pm2 = createPm2({ home });
  const progress = createProgress(process.stderr);
  const stopping = stopSignal();
  const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
  const onReady = (ready: readonly string[], waitedMs: number) =>
    progress.show(`Starting: ${ready.length} of ${names.length} ready, ${duration(waitedMs)}`);
  try {
    return await alone({ home, clock, onWait }, async () => {
      const ran = new Set((await pm2.list()).map(({ name }) => name));
      try {
        return await bringUp(names, { ledger, pm2, home, clock, env, signal: stopping.signal, onReady });
      } catch (error) {
        if (isAbort(error)) {
          progress.show("Stopping what was started …");
          await stopAndWait(
            names.filter((name) => !ran.has(name)),
            { ledger, pm2, clock },
          );
        }
        // Nothing came up: then pm2 has nothing to keep either.
        if ((await readUp(ledger)).length === 0) await takeDown({ ledger, pm2, clock });
        throw isAbort(error)
          ? new CommandFailed("Interrupted: what was started is stopped again.", { cause: error })
          : error;
      }
    });
  } finally {
    progress.clear();
    stopping.release();
  }
}

function told(
  { kaos, paint, home }: Context,
  { before, started, tookMs }: BroughtUp,
  login: string | undefined,
): string {
  const lines =
    started.length === 0
      ? [folded(`${paint.good("✓")} Already up: ${listed(named(before, paint.agent))}.`)]
      : [folded(`${paint.good("✓")} Up after ${duration(tookMs)}: ${listed(named(started, paint.agent))}.`)];
  if (started.length > 0 && before.length > 0)
    lines.push(folded(`  Was up already: ${listed(named(before, paint.agent))}.`));
  if (login !== undefined)
    lines.push("", `Control room ${paint.soft("(the link works once, within 10 minutes)")}`, `  ${login}`);
  lines.push("", `Home   ${home.folder}`, `Group  ${kaos} room`, `Stop   ${kaos} down`);
  return lines.join("\n");
}

function folded(line: string): string {
  return wrap(line, { width: widthOf(process.stdout), first: "", indent: "  " });
}

function named(names: readonly string[], hue: (name: string) => string): string[] {
  return names.map((name) => (name === SUPERVISOR ? "the supervisor" : hue(name)));
}
